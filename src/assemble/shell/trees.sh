# --- paths, and what stands at them -----------------------------------------------------------------------------------
#
# A path in the work directory starts with ./, one in another folder with /. Lists have one a line: encoded, because a
# name may hold a newline.

# Sets replaced: $1 with $3 wherever it has $2.
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

# From $1 to $encoded.
encode() {
  replace "$1" "\\" "\\\\"
  replace "$replaced" "$newline" "\\n"
  encoded=$replaced
}

# From $1 to $path.
decode() {
  path=$1
  case $path in
    *\\*)
      path=$(printf '%b.' "$1")
      path=${path%.}
      ;;
  esac
}

# Whether the list $1, with a newline at both ends, has the line $2.
has_line() {
  case $1 in *"$newline$2$newline"*) return 0 ;; esac
  return 1
}

# What the wrapper itself puts into the work directory.
is_ours() {
  [ "$1" = "./$state" ] || [ "$1" = "./$scratch" ]
}

# The entries of the folder $1, which ends with a slash.
list_entries() {
  for entry in "$1"* "$1".[!.]* "$1"..?*; do
    if exists "$entry"; then
      encode "$entry"
      printf '%s\n' "$encoded"
    fi
  done
}

# All below the folder $1, which ends with a slash, as "b PATH"; as "t PATH" where nobody looks inside: a mount, or the
# rest of a very large tree. Nothing of what is in $survivors.
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

# The mount points, with a newline at both ends. A mount is somebody else's: emptying it is no way to clean an image.
# Fails where the kernel does not tell. It writes spaces and the like as \ and three octal digits.
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

# Whether what stands at $1 is or holds a mount.
holds_mount() {
  case $1 in
    ./*) at=$work_dir/${1#./} ;;
    *) at=$1 ;;
  esac
  case $mounts in *"$newline$at$newline"* | *"$newline$at"/*) return 0 ;; esac
  return 1
}

# rm cannot empty a directory that lacks w or x. Files are not changed: their mode is shared with hard links elsewhere.
unlock() {
  if [ -d "$1" ] && [ ! -h "$1" ]; then
    chmod u+rwx "$1" 2>/dev/null || :
    for inner in "$1"/* "$1"/.[!.]* "$1"/..?*; do unlock "$inner"; done
  fi
}

# Removes what stands at $1, a symlink itself and not its target; says why it could not.
remove() {
  if holds_mount "$1"; then
    note "$1 is a mount or holds one: it stays"
    return 1
  fi
  rm -rf "$1" 2>/dev/null && return 0
  unlock "$1"
  reason=$(rm -rf "$1" 2>&1) && return 0
  note "cannot remove $1: ${reason%%"$newline"*}"
  return 1
}
