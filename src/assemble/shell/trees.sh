# --- paths and their entries ------------------------------------------------------------------------------------------
#
# A path in the work directory starts with ./, one in another folder with /. A list has one path on each line, encoded,
# because a name may contain a newline.

# Sets replaced: $1 with each $2 replaced by $3.
replace() {
  replaced=
  rest=$1
  while :; do
    case $rest in
      *"$2"*)
        replaced=$replaced${rest%%"$2"*}$3
        rest=${rest#*"$2"}
        ;;
      *) break ;;
    esac
  done
  replaced=$replaced$rest
}

# Sets encoded from $1.
encode() {
  replace "$1" "\\" "\\\\"
  replace "$replaced" "$newline" "\\n"
  encoded=$replaced
}

# Sets path from $1.
decode() {
  path=$1
  case $path in
    *\\*)
      path=$(printf '%b.' "$1")
      path=${path%.}
      ;;
  esac
}

# Returns whether the list $1, which starts and ends with a newline, has the line $2.
has_line() {
  case $1 in *"$newline$2$newline"*) return 0 ;; esac
  return 1
}

# Returns whether the wrapper itself puts $1 into the work directory.
is_ours() {
  [ "$1" = "./$state" ] || [ "$1" = "./$scratch" ]
}

# Lists the entries of the folder $1, which ends with a slash.
list_entries() {
  for entry in "$1"* "$1".[!.]* "$1"..?*; do
    if exists "$entry"; then
      encode "$entry"
      printf '%s\n' "$encoded"
    fi
  done
}

# Lists everything below the folder $1, which ends with a slash, as "b PATH"; as "t PATH" without its content if it is a
# mount or the tree is very large. Skips $survivors.
list_tree() {
  for entry in "$1"* "$1".[!.]* "$1"..?*; do
    if exists "$entry" && ! is_ours "$entry"; then
      encode "$entry"
      listed=$((listed + 1))
      if has_line "$survivors" "$encoded"; then
        :
      elif [ -h "$entry" ] || ! [ -d "$entry" ]; then
        printf 'b %s\n' "$encoded"
      elif holds_mount "$entry"; then
        printf 't %s\n' "$encoded"
      elif [ "$listed" -gt "$most_listed" ]; then
        if [ -z "$unseen" ]; then note "more than $most_listed entries before builds: what builds add to $entry stays"; fi
        unseen=1
        printf 't %s\n' "$encoded"
      else
        printf 'b %s\n' "$encoded"
        list_tree "$entry/"
      fi
    fi
  done
}

# Sets mounts: the mount points, between newlines. Emptying a mount would not clean the image, and others may use it.
# Fails if the kernel does not list them. It writes spaces and the like as \ and three octal digits.
read_mounts() {
  mounts=$newline
  [ -r /proc/self/mountinfo ] || return 1
  while read -r _ _ _ _ at _; do
    case $at in
      *\\*)
        replace "$at" "\\" "\\0"
        at=$(printf '%b' "$replaced")
        ;;
    esac
    mounts=$mounts$at$newline
  done </proc/self/mountinfo
}

# Returns whether $1 is a mount or contains one.
holds_mount() {
  case $1 in
    ./*) at=$work_dir/${1#./} ;;
    *) at=$1 ;;
  esac
  case $mounts in *"$newline$at$newline"* | *"$newline$at"/*) return 0 ;; esac
  return 1
}

# Makes directories writable, because rm cannot empty one without w or x. Modes of files are not changed: hard links
# elsewhere share them.
unlock() {
  if [ -d "$1" ] && [ ! -h "$1" ]; then
    chmod u+rwx "$1" 2>/dev/null || :
    for inner in "$1"/* "$1"/.[!.]* "$1"/..?*; do unlock "$inner"; done
  fi
}

# Removes $1; of a symlink, not its target. Reports why if it cannot.
remove() {
  if holds_mount "$1"; then
    note "$1 is or contains a mount: it is kept"
    return 1
  fi
  rm -rf "$1" 2>/dev/null && return 0
  unlock "$1"
  reason=$(rm -rf "$1" 2>&1) && return 0
  note "cannot remove $1: ${reason%%"$newline"*}"
  return 1
}
