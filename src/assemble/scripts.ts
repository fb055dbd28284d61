// Made from assemble.sh and run.sh by hack/embed-scripts.ts: change those, then run it.

/** assemble.sh as it stands in this folder, its settings at their defaults. */
export const assembleTemplate = `#!/bin/sh
# The s2i-incremental assemble wrapper. An image built FROM the previous one still holds the previous source in $HOME:
# this removes that source, keeps what was installed beside it, and then runs the real assemble.
#
# /bin/sh, because S2I starts every script through it, so each builder image has it; where there is only bash, it is bash.
# Nothing else is needed but coreutils (or busybox): no find, grep or sed.

# Filled in by the webhook; wrapper_clean is names in $HOME with a / between them. The prefix matters: assigning to a
# name that the image exports would change the environment of assemble.
wrapper_version='dev'
wrapper_profile='default'
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'
wrapper_clean=''

set -eu

say() {
  printf '%s\\n' "$*"
}

fail() {
  say "s2i-incremental: $*" >&2
  exit 1
}

# A repository may carry this script as its .s2i/bin/assemble: calling that would never end.
is_this_script() (
  own=$(sha256sum <"$0") && other=$(sha256sum <"$1") && [ "$own" = "$other" ]
)

# Names travel one a line. A name may hold a newline but never a slash, so a slash stands for the newline.
list_entries() {
  for name in * .[!.]* ..?*; do
    if [ -e "./$name" ] || [ -h "./$name" ]; then printf '%s/' "$name"; fi
  done | tr '\\n/' '/\\n'
}

# From $line to $name.
decode() {
  name=
  while [ "$line" != "\${line#*/}" ]; do
    name=$name\${line%%/*}$newline
    line=\${line#*/}
  done
  name=$name$line
}

# What must not be in $HOME when assemble starts. Empty lines mean nothing: a list may lack its last newline.
list_unwanted() {
  printf '%s\\n' .git .s2i
  if [ -e "$list" ]; then cat "$list"; fi
  echo
  (cd -P "$source" && list_entries)
  printf '%s\\n' "$wrapper_clean" | tr / '\\n'
}

# rm cannot empty a directory that lacks w or x. Files are left alone: their mode is shared with hard links elsewhere.
unlock() {
  if [ -d "$1" ] && [ ! -h "$1" ]; then
    chmod u+rwx "$1" 2>/dev/null || :
    for inner in "$1"/* "$1"/.[!.]* "$1"/..?*; do unlock "$inner"; done
  fi
}

# rm removes a symlink itself, at the top and below.
remove() {
  if ! rm -rf "./$1" 2>/dev/null; then
    unlock "./$1"
    reason=$(rm -rf "./$1" 2>&1) || fail "cannot remove an entry of $home: \${reason%%"$newline"*}"
  fi
}

# What the next build has to know, and the user's own run for ours: by then the source may have gone anywhere.
record() {
  mkdir "$state" &&
    (cd -P "$source" && list_entries) >"$list" &&
    if [ -f "$source/.s2i/bin/run" ]; then
      cp "$source/.s2i/bin/run" "$state/run" && chmod 775 "$state/run"
    fi
}

# A subshell: its variables, umask and directory are no concern of assemble. All checks come before the first deletion.
prepare() (
  LC_ALL=C # names are bytes
  umask 002 # the next build may run as another uid of group 0
  newline='
'
  state=.s2i-incremental
  list=$state/source-entries

  home=\${HOME-}
  case $home in
    '') fail 'HOME is not set' ;;
    *"$newline"*) fail 'HOME holds a newline' ;;
    /*) ;;
    *) fail "HOME is $home, not an absolute path" ;;
  esac
  while [ "$home" != "\${home%/}" ]; do home=\${home%/}; done
  case $home/ in
    /) fail 'HOME is /' ;;
    */./* | */../*) fail "HOME is $home: it must be a path without . and .." ;;
  esac
  if [ -h "$home" ]; then fail "HOME is $home, a symlink: its target is not touched"; fi
  if ! [ -d "$home" ]; then fail "HOME is $home, not a directory"; fi
  if ! [ -w "$home" ] || ! [ -x "$home" ]; then fail "HOME is $home, not writable for uid $(id -u)"; fi
  if ! [ -d "$wrapper_source_dir" ] || ! [ -r "$wrapper_source_dir" ] || ! [ -x "$wrapper_source_dir" ]; then
    fail "$wrapper_source_dir, the source, is not a readable directory"
  fi
  source=$(cd -P "$wrapper_source_dir" && pwd -P)
  here=$(pwd -P)
  cd -P "$home"
  home=$(pwd -P)
  case $source/ in "$home"/*) fail "HOME is $home and holds the source, $source" ;; esac
  case $home/ in "$source"/*) fail "HOME is $home, inside of the source, $source" ;; esac
  # Where the image works in a folder inside $HOME (.NET: src), the source goes there, and what is beside it is not ours.
  case $here/ in "$home"/*)
    home=$here
    cd -P "$home"
    ;;
  esac

  if [ -e "$source/$state" ] || [ -h "$source/$state" ]; then
    fail "the source has an entry $state: this name is the wrapper's own, remove it from the source"
  fi
  if [ -h "$state" ] || [ -e "$state" ]; then
    if [ -h "$state" ] || [ -h "$list" ] || ! [ -f "$list" ] || ! [ -r "$list" ]; then
      fail "$home/$state is not what an earlier build left there, a directory with the list source-entries"
    fi
  fi
  list_unwanted | while IFS= read -r line; do
    case $line in . | ..) fail "a list of entries to remove from $home holds '$line'" ;; esac
  done

  [ -f "$wrapper_assemble" ] || fail "there is no $wrapper_assemble to run"
  # S2I, too, takes scripts from a source that lost their x bit.
  [ -x "$wrapper_assemble" ] || chmod a+x "$wrapper_assemble" 2>/dev/null || fail "$wrapper_assemble is not executable"
  if is_this_script "$wrapper_assemble"; then fail "$wrapper_assemble is this very wrapper"; fi

  say "Before assemble (s2i-incremental $wrapper_version, profile $wrapper_profile): $home, uid $(id -u)"
  list_unwanted | {
    removed=
    while IFS= read -r line; do
      encoded=$line
      decode
      if [ -n "$name" ] && { [ -e "./$name" ] || [ -h "./$name" ]; }; then
        remove "$name"
        removed="$removed $encoded"
      fi
    done
    say "Removed, left by an earlier source or in the way of the new one:\${removed:- nothing}"
  }
  remove "$state"
  reason=$(record 2>&1) || fail "cannot write $home/$state: \${reason%%"$newline"*}"
)

wrapper_assemble=$wrapper_source_dir/.s2i/bin/assemble
if ! [ -f "$wrapper_assemble" ] || is_this_script "$wrapper_assemble"; then
  wrapper_assemble=$wrapper_scripts_dir/assemble
fi
prepare

wrapper_started=$(date +%s)
wrapper_rc=0
"$wrapper_assemble" "$@" || wrapper_rc=$?
say "After assemble $wrapper_assemble, rc $wrapper_rc, $(($(date +%s) - wrapper_started)) s"

# An assemble that copies the source leaves it here, and the next build's source is laid over it.
if [ -n "$(cd -P "$wrapper_source_dir" 2>/dev/null && list_entries)" ]; then
  say "Note: assemble left files in $wrapper_source_dir; what is deleted from git later will come back from there"
fi
exit "$wrapper_rc"
`;

/** run.sh as it stands in this folder, its settings at their defaults. */
export const runTemplate = `#!/bin/sh
# The s2i-incremental run, for builder images whose scripts are not in /usr/libexec/s2i: with scripts from a URL, S2I
# takes /usr/libexec/s2i/run as the command of the image, unless the URL has a run as well. This one hands over to the
# user's own .s2i/bin/run, kept by the assemble wrapper, else to that of the image.

# Filled in by the webhook.
wrapper_scripts_dir='/usr/libexec/s2i'

set -eu

# A repository may carry this script as its .s2i/bin/run: calling that would never end.
is_this_script() (
  own=$(sha256sum <"$0") && other=$(sha256sum <"$1") && [ "$own" = "$other" ]
)

wrapper_run=\${HOME-}/.s2i-incremental/run
if ! [ -f "$wrapper_run" ] || is_this_script "$wrapper_run"; then
  wrapper_run=$wrapper_scripts_dir/run
fi
exec "$wrapper_run" "$@"
`;
