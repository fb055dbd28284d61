# --- the record: what a build found, and what it left -----------------------------------------------------------------
#
# In .s2i-incremental/record, one a line: the BuildConfig ("of"), paths that were there before builds ("b"; "t": with all
# below), paths that builds left ("a"), the source's own entries ("s"), the folders beside the work directory ("o"), names
# in .s2i/environment ("e"), and Python's packages before builds ("p"). The last line tells that it is whole.

# Only ever called in a subshell, like all that follows: assemble may have variables with these names.
set_up() {
  reset_shell
  state=.s2i-incremental
  scratch=.s2i-incremental.new
  first_line='s2i-incremental record 1'
  # More paths than any builder image has in these folders. Reading a record of that many takes dash about a second.
  most_listed=10000
  carriage_return=$(printf '\r')
}

# The BuildConfig of this Build, so that a builder image which was itself built with the wrapper is a base like another.
# Empty if unknown; a name near the limit of 253 is shortened by the platform in each Build otherwise.
name_build_config() {
  build_config=
  build=${OPENSHIFT_BUILD_NAME-}
  case $build in *-*) [ "${#build}" -gt 200 ] || build_config=${OPENSHIFT_BUILD_NAMESPACE-}/${build%-*} ;; esac
}

# Sets record_is: none, whole, begun (its build never ended), other (of another BuildConfig), broken, foreign.
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

# Splits the record that is the input into a file for each kind: $scratch/a has the paths of "a", and so on.
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

# The lines of the file $1, each after "$2 ".
prefix_lines() {
  while IFS= read -r line; do printf '%s %s\n' "$2" "$line"; done <"$1"
}

# Writes the record from the files of $scratch, whole or not at all: beside the old one, then in its place.
write_record() { # LAST LINE
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

# What is there now, of all places that builds fill: entries of the work directory, and of what was there before builds.
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

# The lines of the file $1 that are not in the file $2, sorted.
list_missing() {
  {
    sort -u "$1"
    cat "$2" "$2"
  } | sort | uniq -u
}

# The paths that only builds can have left: all but what was there before them.
list_left() {
  list_candidates >"$scratch/candidates"
  {
    printf '%s\n' "./$state" "./$scratch"
    cat "$scratch/b" "$scratch/t"
  } >"$scratch/known"
  list_missing "$scratch/candidates" "$scratch/known"
}

# What is there before assemble: of the base image, and injected by S2I. Not what earlier builds left and may stay.
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
