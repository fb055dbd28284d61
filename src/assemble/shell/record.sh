# --- the record: what was there before builds, and what they left -----------------------------------------------------
#
# .s2i-incremental/record has one item on each line: the BuildConfig ("of"), paths that were there before builds ("b";
# "t" with everything below), paths that builds left ("a"), the source's entries ("s"), the folders outside of the work
# directory ("o"), names in .s2i/environment ("e"), and Python packages before builds ("p"). The last line is "whole",
# or "begun" while assemble has not ended.

# Only called in a subshell, like all functions below: assemble may have variables with these names.
set_up() {
  reset_shell
  state=.s2i-incremental
  scratch=.s2i-incremental.new
  first_line='s2i-incremental record 1'
  # More paths than any builder image has in these folders. dash reads such a record in about a second.
  most_listed=10000
  carriage_return=$(printf '\r')
}

# Sets build_config: the BuildConfig of this Build, so that a builder image which was itself built with the wrapper
# counts as a base image. Empty if unknown, or if the platform may have shortened the name (it is limited to 253
# characters).
name_build_config() {
  build_config=
  build=${OPENSHIFT_BUILD_NAME-}
  case $build in *-*) [ "${#build}" -gt 200 ] || build_config=${OPENSHIFT_BUILD_NAMESPACE-}/${build%-*} ;; esac
}

# Sets record_is: none, whole, begun (the build did not finish), other (another BuildConfig's), broken (no last line),
# foreign (not written by the wrapper).
check_record() {
  record_is=none
  exists "$state" || return 0
  record_is=foreign
  if [ -h "$state" ] || ! [ -d "$state" ] || [ -h "$state/record" ] || ! [ -f "$state/record" ]; then return 0; fi
  first='' last='' of=''
  {
    while IFS= read -r line; do
      case $line in 'of '*) of=${line#of } ;; esac
      if [ -z "$first" ]; then first=$line; fi
      last=$line
    done <"$state/record"
  } 2>/dev/null
  if [ "$first" != "$first_line" ]; then return 0; fi
  case $last in
    whole | begun) record_is=$last ;;
    *) record_is=broken ;;
  esac
  if [ "$record_is" != broken ] && [ -n "$of" ] && [ -n "$build_config" ] && [ "$of" != "$build_config" ]; then
    record_is=other
  fi
}

# Splits the record on standard input into a file for each kind: $scratch/a has the paths of "a", and so on.
split_record() {
  (
    cd "$scratch" && exec 3>a 4>b 5>t 6>s 7>e 8>p 9>o || exit 1
    while IFS= read -r line; do
      case $line in
        'a '*) printf '%s\n' "${line#??}" >&3 ;;
        'b '*) printf '%s\n' "${line#??}" >&4 ;;
        't '*) printf '%s\n' "${line#??}" >&5 ;;
        's '*) printf '%s\n' "${line#??}" >&6 ;;
        'e '*) printf '%s\n' "${line#??}" >&7 ;;
        'p '*) printf '%s\n' "${line#??}" >&8 ;;
        'o '*) printf '%s\n' "${line#??}" >&9 ;;
      esac
    done
  )
}

# Prints the lines of file $1, each after "$2 ".
prefix_lines() {
  while IFS= read -r line; do printf '%s %s\n' "$2" "$line"; done <"$1"
}

# Writes the record from the files of $scratch; $1 is its last line. It is written beside the old one, then moved, so it
# is never incomplete.
write_record() {
  {
    printf '%s\n' "$first_line"
    if [ -n "$build_config" ]; then printf 'of %s\n' "$build_config"; fi
    for kind in a b e o p s t; do prefix_lines "$scratch/$kind" "$kind" || return 1; done
    printf '%s\n' "$1"
  } >"$scratch/record" || return 1
  [ -d "$state" ] || mkdir "$state" || return 1
  [ -w "$state" ] || chmod u+rwx "$state" || return 1
  mv -f "$scratch/record" "$state/record"
}

# Lists what is now in the places that builds fill: entries of the work directory, and of folders from before builds.
list_candidates() {
  list_entries ./
  for output in $outputs; do
    if exists "$output"; then printf '%s\n' "$output"; fi
  done
  while IFS= read -r line; do
    decode "$line"
    if [ -d "$path" ] && ! [ -h "$path" ]; then list_entries "$path/"; fi
  done <"$scratch/b"
}

# Lists the lines of file $1 that file $2 lacks, sorted.
list_missing() {
  {
    sort -u "$1"
    cat "$2" "$2"
  } | sort | uniq -u
}

# Lists the paths that only builds can have left: all except those from before.
list_left() {
  list_candidates >"$scratch/candidates"
  {
    printf '%s\n' "./$state" "./$scratch"
    cat "$scratch/b" "$scratch/t"
  } >"$scratch/known"
  list_missing "$scratch/candidates" "$scratch/known"
}

# Lists what is there before assemble, for the record: content of the base image and files injected by S2I, but not what
# is kept of earlier builds.
list_found() {
  listed=0
  unseen=
  list_tree ./
  for output in $outputs; do
    if exists "$output" && ! has_line "$survivors" "$output"; then
      printf 'b %s\n' "$output"
      if [ -d "$output" ] && ! [ -h "$output" ]; then list_tree "$output/"; fi
    fi
  done
}
