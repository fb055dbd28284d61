# --- the build --------------------------------------------------------------------------------------------------------

# Sets outputs: the profile's other folders, resolved in this image and separated by spaces.
resolve_outputs() {
  outputs=
  for output in $wrapper_outputs; do
    case $output in
      '$'*)
        name=${output%%/*}
        eval "value=\${${name#?}-}"
        output=$value${output#"$name"}
        ;;
    esac
    output=$(cd -P "$output" 2>/dev/null && pwd -P || printf '%s\n' "$output")
    case $output in
      / | [!/]* | '' | *[!A-Za-z0-9._/-]*) continue ;;
    esac
    case $work_dir/ in "$output"/*) continue ;; esac
    case $source/ in "$output"/*) continue ;; esac
    case " $outputs " in *" $output "*) ;; *) outputs="$outputs $output" ;; esac
  done
}

# Reports what prevents removing and recording, if anything does.
check_places() {
  obstacle=
  for tool in cat chmod cp mkdir mv rm sort uniq; do
    command -v "$tool" >/dev/null 2>&1 || obstacle="there is no $tool"
  done
  if [ "$work_dir" = / ] || [ -z "$work_dir" ]; then
    obstacle="HOME is ${HOME-unset}, and there is no other folder to work in"
  elif ! [ -w "$work_dir" ] || ! [ -x "$work_dir" ]; then
    obstacle="$work_dir is not writable"
  elif ! [ -r "$source" ] || ! [ -x "$source" ]; then
    obstacle='there is no source that can be read'
  else
    case $source/ in "$work_dir"/*) obstacle="the source, $source, is in the work directory" ;; esac
    case $work_dir/ in "$source"/*) obstacle="the work directory, $work_dir, is in the source" ;; esac
  fi
  [ -n "$obstacle" ] || return 0
  note "$obstacle: $nothing"
  return 1
}

# Keeps the repository's own run for the wrapper's run: assemble may move or delete the source.
keep_run() {
  rm -f "$state/run"
  for folder in .s2i .sti; do
    if [ -f "$source/$folder/bin/run" ]; then
      if ! { cp "$source/$folder/bin/run" "$state/run" && chmod 775 "$state/run"; } 2>/dev/null; then
        note "cannot keep $folder/bin/run"
      fi
      return 0
    fi
  done
}

# Before assemble: removes the remains of earlier builds, and records what is there. Fails if it wrote no record, then
# nothing is completed after assemble.
prepare() {
  nothing='nothing is removed and nothing recorded'
  work_dir=$1
  source=$2
  # Scripts delivered from an image come as part of the source.
  rm -rf "$source/.s2i-incremental-scripts" 2>/dev/null || note "cannot remove $source/.s2i-incremental-scripts"
  check_places || return 1
  cd -P "$work_dir" || return 1
  printf 'Before assemble (s2i-incremental %s, profile %s): %s, uid %s\n' \
    "$wrapper_version" "$wrapper_profile" "$work_dir" "$(id -u 2>/dev/null)"
  if ! read_mounts; then
    note "no list of mounts in /proc: $nothing"
    return 1
  fi
  if ! { rm -rf "./$scratch" && mkdir "./$scratch"; } 2>/dev/null; then
    note "cannot write to $work_dir: $nothing"
    return 1
  fi
  name_build_config
  check_record
  resolve_outputs
  survivors=$newline
  prepared=1
  if read_lists; then
    start_clean
    record_found && prepared=0
  fi
  rm -rf "./$scratch"
  return "$prepared"
}

# Writes the lists of the record, and those of the new source, into files of $scratch.
read_lists() {
  case $record_is in
    whole | begun) split_record <"$state/record" ;;
    *) split_record </dev/null ;;
  esac || return 1
  list_source | sort -u >"$scratch/s.new"
  list_variables | sort -u >"$scratch/e.new"
  source_names=$newline$(cat "$scratch/s" "$scratch/s.new")$newline
}

list_source() (
  cd -P "$source" 2>/dev/null && list_entries ./
)

start_clean() {
  case $record_is in
    none | other)
      echo 'No record of an earlier build: nothing is removed'
      record_packages
      ;;
    *)
      read_keep
      remove_left
      remove_packages
      report_variables
      ;;
  esac
}

# Records what is there before assemble; the record is completed after it.
record_found() {
  if has_line "$source_names" "./$state"; then
    note "the source has an entry $state, the wrapper's own name: nothing is recorded"
    rm -rf "./$state"
    return 1
  fi
  if [ "$record_is" = foreign ]; then return 1; fi
  list_found >"$scratch/found"
  : >"$scratch/b"
  : >"$scratch/t"
  while IFS= read -r line; do
    printf '%s\n' "${line#??}" >>"$scratch/${line%% *}"
  done <"$scratch/found"
  sort -u "$scratch/e" "$scratch/e.new" >"$scratch/e.all" && mv -f "$scratch/e.all" "$scratch/e"
  mv -f "$scratch/s.new" "$scratch/s"
  for output in $outputs; do printf '%s\n' "$output"; done >"$scratch/o"
  printf '%s' "${survivors#"$newline"}" >"$scratch/a"
  if ! reason=$(write_record begun 2>&1); then
    note "cannot write $work_dir/$state, nothing is recorded: ${reason%%"$newline"*}"
    return 1
  fi
  keep_run
}

# After assemble: records what it left. $3 is the record from before, because assemble may have moved the file.
finish() {
  work_dir=$1
  source=$2
  cd -P "$work_dir" || return 1
  name_build_config
  resolve_outputs
  if ! { rm -rf "./$scratch" && mkdir "./$scratch" && printf '%s\n' "$3" | split_record && complete_record; }; then
    note "cannot write $work_dir/$state: the next build removes only what is in the way of its source"
  fi
  rm -rf "./$scratch"
  remove_source
}

complete_record() {
  list_left >"$scratch/left" && mv -f "$scratch/left" "$scratch/a" && write_record whole
}

# Returns whether the image uses the source where S2I put it: its run script or a symlink names that folder.
uses_source() (
  cd -P "$work_dir" || exit 1
  script=$(find_script run "$work_dir/$state" "$work_dir/.s2i/bin" "$work_dir/.sti/bin") || script=
  if [ -f "$script" ] && [ -r "$script" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in *"$source"*) exit 0 ;; esac
    done <"$script"
  fi
  for entry in ./* ./.[!.]*; do
    if [ -h "$entry" ]; then
      case $(readlink "$entry" 2>/dev/null)/ in "$source"/*) exit 0 ;; esac
    fi
  done
  exit 1
)

# Removes the source if assemble left it: S2I would copy the next source over it.
remove_source() {
  left=$(list_source)
  [ -n "$left" ] || return 0
  if uses_source; then
    note "the image uses $source: what is deleted from git comes back there until the next full build"
    return 0
  fi
  cd -P "$source" || return 0
  work_dir=$source
  read_mounts || return 0
  printf '%s\n' "$left" | while IFS= read -r line; do
    decode "$line"
    remove "$path" || :
  done
  printf 'Removed the source that assemble left in %s\n' "$source"
}

wrapper_work_dir=$(find_work_dir) || wrapper_work_dir=
wrapper_source=$(find_source) || wrapper_source=
wrapper_assemble=$(find_script assemble "$wrapper_source/.s2i/bin" "$wrapper_source/.sti/bin") || {
  note "there is no assemble, neither in $wrapper_scripts_dir nor in /usr/libexec/s2i and /usr/local/s2i"
  exit 127
}
wrapper_record=
if (set_up && prepare "$wrapper_work_dir" "$wrapper_source" </dev/null); then
  wrapper_record=$(cat "$wrapper_work_dir/.s2i-incremental/record" 2>/dev/null) || wrapper_record=
fi

wrapper_started=$(date +%s 2>/dev/null) || wrapper_started=
wrapper_rc=0
"$wrapper_assemble" "$@" || wrapper_rc=$?
printf 'After assemble %s, rc %s, %s s\n' "$wrapper_assemble" "$wrapper_rc" \
  "$(($(date +%s 2>/dev/null || echo 0) - ${wrapper_started:-0}))"

if [ "$wrapper_rc" = 0 ] && [ -n "$wrapper_record" ]; then
  (set_up && finish "$wrapper_work_dir" "$wrapper_source" "$wrapper_record" </dev/null) || :
fi
exit "$wrapper_rc"
