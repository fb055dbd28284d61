# --- folders ----------------------------------------------------------------------------------------------------------

# Resets options that a user of bash may export (SHELLOPTS, BASHOPTS). Only called in a subshell: otherwise assemble
# would inherit the settings.
reset_shell() {
  set +aefuvxC
  # shellcheck disable=SC3044 # only bash runs this
  if [ -n "${BASH_VERSION-}" ]; then shopt -u failglob nullglob dotglob nocaseglob nocasematch 2>/dev/null || :; fi
  IFS=' 	
'
  newline='
'
  # Names are bytes.
  LC_ALL=C
  export LC_ALL
  # The next build may run with another uid of group 0.
  umask 002
}

note() {
  printf 's2i-incremental: %s\n' "$*" >&2
}

exists() {
  [ -e "$1" ] || [ -h "$1" ]
}

# Returns whether two files are equal. A repository may contain a copy of this script, and calling it would never end.
same_text() (
  exec 3<"$1" 4<"$2" || exit 1
  while :; do
    ends=
    IFS= read -r one <&3 || ends=1
    IFS= read -r other <&4 || ends=2$ends
    case $ends in 1 | 2) exit 1 ;; esac
    [ "$one" = "$other" ] || exit 1
    [ -z "$ends" ] || exit 0
  done
)

# Prints the folder into which assemble puts the source: $HOME, or the image's working directory if it is in $HOME
# (.NET: $HOME/src) or there is no usable $HOME.
find_work_dir() (
  reset_shell
  here=$(pwd -P)
  home=${HOME-}
  case $home in
    /*)
      home=$(cd -P "$home" 2>/dev/null && pwd -P) || home=/
      ;;
    *) home=/ ;;
  esac
  case $here in
    *"$newline"*) exit 1 ;;
  esac
  case $home in *"$newline"*) home=/ ;; esac
  if [ "$home" = / ]; then home=$here; fi
  case $here/ in
    "$home"/*) printf '%s\n' "$here" ;;
    *) printf '%s\n' "$home" ;;
  esac
)

# Prints the folder of the source: it is beside the folder of the scripts, wherever S2I put both.
find_source() (
  reset_shell
  case $0 in */*) folder=${0%/*} ;; *) folder=. ;; esac
  case $(cd -P "$folder" 2>/dev/null && pwd -P) in
    */.s2i/bin | */.sti/bin) beside=$folder/../.. ;;
    *) beside=$folder/../src ;;
  esac
  if ! [ -d "$beside" ]; then beside=$wrapper_source_dir; fi
  cd -P "$beside" 2>/dev/null && pwd -P
)

# Prints the path of the first script of that name that is not this script.
find_script() (
  reset_shell
  name=$1
  shift
  for folder in "$@" "$wrapper_scripts_dir" "${STI_SCRIPTS_PATH-}" /usr/libexec/s2i /usr/local/s2i; do
    script=$folder/$name
    if [ -n "$folder" ] && [ -f "$script" ] && ! same_text "$0" "$script"; then
      # S2I also runs scripts of a source that lost their x bit.
      [ -x "$script" ] || chmod a+x "$script" 2>/dev/null || :
      printf '%s\n' "$script"
      exit 0
    fi
  done
  exit 1
)
