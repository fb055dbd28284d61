# --- what an incremental build removes first --------------------------------------------------------------------------

# Returns whether a name from a list of the repository is the name of an entry in the work directory.
is_entry_name() {
  case $1 in '' | . | .. | */* | "$state" | "$scratch") return 1 ;; esac
  return 0
}

# Sets keep: names between newlines, from the profile and from the repository's .s2i/keep.
read_keep() {
  keep=$newline
  names=$wrapper_keep
  while [ -n "$names" ]; do
    encode "${names%%/*}"
    keep=$keep$encoded$newline
    case $names in */*) names=${names#*/} ;; *) names= ;; esac
  done
  exists "$source/.s2i/keep" || return 0
  if [ -h "$source/.s2i/keep" ] || ! [ -f "$source/.s2i/keep" ] || ! [ -r "$source/.s2i/keep" ]; then
    note '.s2i/keep is not a readable file and is ignored'
    return 0
  fi
  lines=0
  while IFS= read -r line || [ -n "$line" ]; do
    lines=$((lines + 1))
    if [ "$lines" -gt 1000 ]; then
      note '.s2i/keep has more than 1000 lines: the rest is ignored'
      break
    fi
    line=${line%"$carriage_return"}
    line=${line%/}
    case $line in '' | '#'*) continue ;; esac
    if is_entry_name "$line"; then
      encode "$line"
      keep=$keep$encoded$newline
    else
      note ".s2i/keep, line $lines: not the name of a file or folder in the work directory"
    fi
  done <"$source/.s2i/keep"
}

# Returns whether an entry is kept. One that the source contains is not: the source's own takes its place.
is_kept() {
  case $1 in ./*) ;; *) return 1 ;; esac
  has_line "$keep" "${1#./}" && ! has_line "$source_names" "$1"
}

# Returns whether the path $1 of a record may be removed: it is below the work directory or an output folder, without
# "..", and not through a symlink.
is_within() {
  case ${1#./}/ in / | */../* | */./* | *//* | ../* | ./*) return 1 ;; esac
  is_ours "$1" && return 1
  case $1 in
    ./*) ;;
    *) is_output "$1" || return 1 ;;
  esac
  above=${1%/*}
  while [ -n "$above" ] && [ "$above" != . ]; do
    if [ -h "$above" ]; then return 1; fi
    above=${above%/*}
  done
}

is_output() {
  for output in $outputs; do case $1/ in "$output"/*) return 0 ;; esac done
  return 1
}

# Removes each existing path of file $1 that is not kept; sets survivors, and reports what it removed.
remove_all() {
  removed=
  more=0
  while IFS= read -r line; do
    decode "$line"
    if exists "$path" && is_within "$path"; then
      if is_kept "$line" || ! remove "$path"; then
        survivors=$survivors$line$newline
      elif [ "${#removed}" -lt 500 ]; then
        removed="$removed ${line#./}"
      else
        more=$((more + 1))
      fi
    fi
  done <"$1"
  if [ "$more" -gt 0 ]; then removed="$removed and $more more"; fi
  printf 'Removed, left by earlier builds:%s\n' "${removed:- nothing}"
}

# Without a usable record: lists what would be in the way of the source.
list_in_the_way() {
  printf '%s\n' ./.git ./.s2i
  cat "$scratch/s.new"
}

# Removes the remains of earlier builds, as far as the record names them.
remove_left() {
  case $record_is in
    whole) cat "$scratch/a" >"$scratch/left" ;;
    begun)
      echo 'The last build did not end: all that builds added is removed'
      list_left >"$scratch/left"
      ;;
    *)
      note "$work_dir/$state is not what an earlier build left there: only what is in the way of the source is removed"
      list_in_the_way >"$scratch/left"
      ;;
  esac
  remove_all "$scratch/left"
}
