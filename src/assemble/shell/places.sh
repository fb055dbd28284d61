# --- where things are -------------------------------------------------------------------------------------------------

# What users of bash may export (SHELLOPTS, BASHOPTS) changes what this script says. Only ever called in a subshell:
# what is set here would reach assemble, too.
reset_shell() {
  set +aefuvxC
  # shellcheck disable=SC3044 # only bash gets there
  if [ -n "${BASH_VERSION-}" ]; then shopt -u failglob nullglob dotglob nocaseglob nocasematch 2>/dev/null || :; fi
  IFS=' 	
'
  newline='
'
  # Names are bytes.
  LC_ALL=C
  export LC_ALL
  # The next build may run as another uid of group 0.
  umask 002
}

note() {
  printf 's2i-incremental: %s\n' "$*" >&2
}

exists() {
  [ -e "$1" ] || [ -h "$1" ]
}

# A repository may carry this script as its own: calling that would never end.
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

# The folder that assemble puts the source into: $HOME, or where the image works inside of it (.NET: $HOME/src). Without
# a usable $HOME it is where the image works.
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

# The source lies beside the folder of the scripts, wherever S2I was told to put both.
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

# The script of that name: the first of the folders that has one, which is not this very script.
find_script() (
  reset_shell
  name=$1
  shift
  for folder in "$@" "$wrapper_scripts_dir" "${STI_SCRIPTS_PATH-}" /usr/libexec/s2i /usr/local/s2i; do
    script=$folder/$name
    if [ -n "$folder" ] && [ -f "$script" ] && ! same_text "$0" "$script"; then
      # S2I, too, takes scripts from a source that lost their x bit.
      [ -x "$script" ] || chmod a+x "$script" 2>/dev/null || :
      printf '%s\n' "$script"
      exit 0
    fi
  done
  exit 1
)
