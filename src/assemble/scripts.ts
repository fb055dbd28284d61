// Generated from shell/ by hack/embed-scripts.ts: change those files, then run it.

/** The assemble wrapper with default settings. */
export const assembleTemplate = `#!/bin/sh
# The s2i-incremental assemble wrapper. An image built from the previous image still contains the remains of earlier
# builds. This script removes them, except for the dependencies that are kept on purpose, runs the real assemble, and
# records what that leaves. It never makes a build fail: it reports what it cannot do, and the real assemble runs.
#
# It uses /bin/sh, as S2I does to start every script, so every builder image has it; it may be bash. It needs only
# coreutils (or busybox), not find, grep or sed.

# The webhook fills these in: wrapper_keep has names in the work directory, separated by /; wrapper_outputs has paths,
# separated by spaces. The prefix avoids names that the image exports: assigning one would change assemble's
# environment.
wrapper_version='dev'
wrapper_profile='default'
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'
wrapper_keep=''
# shellcheck disable=SC2016 # the variable in a path is expanded later
wrapper_outputs=''

# --- folders ----------------------------------------------------------------------------------------------------------

# Resets options that a user of bash may export (SHELLOPTS, BASHOPTS). Only called in a subshell: otherwise assemble
# would inherit the settings.
reset_shell() {
  set +aefuvxC
  # shellcheck disable=SC3044 # only bash runs this
  if [ -n "\${BASH_VERSION-}" ]; then shopt -u failglob nullglob dotglob nocaseglob nocasematch 2>/dev/null || :; fi
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
  printf 's2i-incremental: %s\\n' "$*" >&2
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
  home=\${HOME-}
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
    "$home"/*) printf '%s\\n' "$here" ;;
    *) printf '%s\\n' "$home" ;;
  esac
)

# Prints the folder of the source: it is beside the folder of the scripts, wherever S2I put both.
find_source() (
  reset_shell
  case $0 in */*) folder=\${0%/*} ;; *) folder=. ;; esac
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
  for folder in "$@" "$wrapper_scripts_dir" "\${STI_SCRIPTS_PATH-}" /usr/libexec/s2i /usr/local/s2i; do
    script=$folder/$name
    if [ -n "$folder" ] && [ -f "$script" ] && ! same_text "$0" "$script"; then
      # S2I also runs scripts of a source that lost their x bit.
      [ -x "$script" ] || chmod a+x "$script" 2>/dev/null || :
      printf '%s\\n' "$script"
      exit 0
    fi
  done
  exit 1
)

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
        replaced=$replaced\${rest%%"$2"*}$3
        rest=\${rest#*"$2"}
        ;;
      *) break ;;
    esac
  done
  replaced=$replaced$rest
}

# Sets encoded from $1.
encode() {
  replace "$1" "\\\\" "\\\\\\\\"
  replace "$replaced" "$newline" "\\\\n"
  encoded=$replaced
}

# Sets path from $1.
decode() {
  path=$1
  case $path in
    *\\\\*)
      path=$(printf '%b.' "$1")
      path=\${path%.}
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
      printf '%s\\n' "$encoded"
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
        printf 'b %s\\n' "$encoded"
      elif holds_mount "$entry"; then
        printf 't %s\\n' "$encoded"
      elif [ "$listed" -gt "$most_listed" ]; then
        if [ -z "$unseen" ]; then note "more than $most_listed entries before builds: what builds add to $entry stays"; fi
        unseen=1
        printf 't %s\\n' "$encoded"
      else
        printf 'b %s\\n' "$encoded"
        list_tree "$entry/"
      fi
    fi
  done
}

# Sets mounts: the mount points, between newlines. Emptying a mount would not clean the image, and others may use it.
# Fails if the kernel does not list them. It writes spaces and the like as \\ and three octal digits.
read_mounts() {
  mounts=$newline
  [ -r /proc/self/mountinfo ] || return 1
  while read -r _ _ _ _ at _; do
    case $at in
      *\\\\*)
        replace "$at" "\\\\" "\\\\0"
        at=$(printf '%b' "$replaced")
        ;;
    esac
    mounts=$mounts$at$newline
  done </proc/self/mountinfo
}

# Returns whether $1 is a mount or contains one.
holds_mount() {
  case $1 in
    ./*) at=$work_dir/\${1#./} ;;
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
  note "cannot remove $1: \${reason%%"$newline"*}"
  return 1
}

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
  carriage_return=$(printf '\\r')
}

# Sets build_config: the BuildConfig of this Build, so that a builder image which was itself built with the wrapper
# counts as a base image. Empty if unknown, or if the platform may have shortened the name (it is limited to 253
# characters).
name_build_config() {
  build_config=
  build=\${OPENSHIFT_BUILD_NAME-}
  case $build in *-*) [ "\${#build}" -gt 200 ] || build_config=\${OPENSHIFT_BUILD_NAMESPACE-}/\${build%-*} ;; esac
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
      case $line in 'of '*) of=\${line#of } ;; esac
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
        'a '*) printf '%s\\n' "\${line#??}" >&3 ;;
        'b '*) printf '%s\\n' "\${line#??}" >&4 ;;
        't '*) printf '%s\\n' "\${line#??}" >&5 ;;
        's '*) printf '%s\\n' "\${line#??}" >&6 ;;
        'e '*) printf '%s\\n' "\${line#??}" >&7 ;;
        'p '*) printf '%s\\n' "\${line#??}" >&8 ;;
        'o '*) printf '%s\\n' "\${line#??}" >&9 ;;
      esac
    done
  )
}

# Prints the lines of file $1, each after "$2 ".
prefix_lines() {
  while IFS= read -r line; do printf '%s %s\\n' "$2" "$line"; done <"$1"
}

# Writes the record from the files of $scratch; $1 is its last line. It is written beside the old one, then moved, so it
# is never incomplete.
write_record() {
  {
    printf '%s\\n' "$first_line"
    if [ -n "$build_config" ]; then printf 'of %s\\n' "$build_config"; fi
    for kind in a b e o p s t; do prefix_lines "$scratch/$kind" "$kind" || return 1; done
    printf '%s\\n' "$1"
  } >"$scratch/record" || return 1
  [ -d "$state" ] || mkdir "$state" || return 1
  [ -w "$state" ] || chmod u+rwx "$state" || return 1
  mv -f "$scratch/record" "$state/record"
}

# Lists what is now in the places that builds fill: entries of the work directory, and of folders from before builds.
list_candidates() {
  list_entries ./
  for output in $outputs; do
    if exists "$output"; then printf '%s\\n' "$output"; fi
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
    printf '%s\\n' "./$state" "./$scratch"
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
      printf 'b %s\\n' "$output"
      if [ -d "$output" ] && ! [ -h "$output" ]; then list_tree "$output/"; fi
    fi
  done
}

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
    encode "\${names%%/*}"
    keep=$keep$encoded$newline
    case $names in */*) names=\${names#*/} ;; *) names= ;; esac
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
    line=\${line%"$carriage_return"}
    line=\${line%/}
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
  has_line "$keep" "\${1#./}" && ! has_line "$source_names" "$1"
}

# Returns whether the path $1 of a record may be removed: it is below the work directory or an output folder, without
# "..", and not through a symlink.
is_within() {
  case \${1#./}/ in / | */../* | */./* | *//* | ../* | ./*) return 1 ;; esac
  is_ours "$1" && return 1
  case $1 in
    ./*) ;;
    *) is_output "$1" || return 1 ;;
  esac
  above=\${1%/*}
  while [ -n "$above" ] && [ "$above" != . ]; do
    if [ -h "$above" ]; then return 1; fi
    above=\${above%/*}
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
      elif [ "\${#removed}" -lt 500 ]; then
        removed="$removed \${line#./}"
      else
        more=$((more + 1))
      fi
    fi
  done <"$1"
  if [ "$more" -gt 0 ]; then removed="$removed and $more more"; fi
  printf 'Removed, left by earlier builds:%s\\n' "\${removed:- nothing}"
}

# Without a usable record: lists what would be in the way of the source.
list_in_the_way() {
  printf '%s\\n' ./.git ./.s2i
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

# --- .s2i/environment -------------------------------------------------------------------------------------------------

# Lists the variables that the repository sets in the image.
list_variables() {
  for folder in .s2i .sti; do
    if [ -f "$source/$folder/environment" ] && [ -r "$source/$folder/environment" ]; then
      while IFS= read -r line || [ -n "$line" ]; do
        name=\${line%%=*}
        case $line in *=*) case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *) printf '%s\\n' "$name" ;; esac ;; esac
      done <"$source/$folder/environment"
      return 0
    fi
  done
}

# Reports the variables that stay in the image although the repository no longer sets them: no build can unset them.
report_variables() {
  list_missing "$scratch/e" "$scratch/e.new" >"$scratch/unset"
  left=
  while IFS= read -r name; do
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
    eval "value=\\\${$name+set}"
    if [ -n "$value" ]; then left="$left $name"; fi
  done <"$scratch/unset"
  if [ -n "$left" ]; then
    note "no longer in .s2i/environment, but still set in this image:$left." \\
      "Only a full build is without: oc start-build --incremental=false \${build_config#*/}"
  fi
}

# --- Python packages --------------------------------------------------------------------------------------------------
#
# They are in a virtual environment outside of the work directory. Packages that no requirement file needs, directly or
# indirectly, are uninstalled before assemble. If that was wrong, pip installs them again.

# Runs the image's own Python. scl_enable and the like are in BASH_ENV, which sh does not read. -I: the work directory
# may contain modules named like Python's own.
run_python() {
  if [ -n "\${BASH_ENV-}" ] && command -v bash >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # for that bash
    bash -c 'exec "$(command -v python3 || command -v python)" -I -B "$@"' bash "$@"
  else
    "$(command -v python3 || command -v python)" -I -B "$@"
  fi
}

# Lists packages, one on each line: with "list" the installed ones, with "plan SOURCE KNOWN" those to uninstall.
# KNOWN is a file with the packages from before builds.
packages() {
  run_python - "$@" <<'PYTHON'
"""Lists the installed Python packages, or those that no requirement file of the source needs in that version.

If it is not certain that a package is needed, it is listed: assemble makes pip install again what is missing.
"""
import email.parser
import glob
import json
import os
import re
import sys
import sysconfig

folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def normalize(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def installed():
    """Returns metadata by normalized name."""
    found = {}
    for folder in folders:
        for path in glob.glob(os.path.join(glob.escape(folder), "*.*-info")):
            if os.path.basename(path).startswith("~"):
                continue  # the remains of an interrupted pip
            name = "METADATA" if path.endswith(".dist-info") else "PKG-INFO"
            file = os.path.join(path, name) if os.path.isdir(path) else path
            if not os.path.isfile(file):
                continue
            metadata = email.parser.HeaderParser().parsestr(read(file))
            if metadata["Name"]:
                metadata.folder = path
                found[normalize(metadata["Name"])] = metadata
        for path in glob.glob(os.path.join(glob.escape(folder), "*.egg-link")):
            found.setdefault(normalize(os.path.basename(path)[: -len(".egg-link")]), None)
    return found


def plan(source, known):
    """Returns the packages to uninstall: those that the source does not need and that were not there before builds."""
    from pip._vendor.packaging.requirements import Requirement

    def parse(text):
        try:
            return Requirement(text)
        except Exception:
            return None

    named = []
    constraints = []

    def add(text):
        requirement = parse(text)
        if requirement is not None and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            named.append(requirement)

    def pin(name, version):
        if isinstance(name, str) and isinstance(version, str):
            add(name + version)

    def read_requirements(path, into, seen):
        path = os.path.realpath(path)
        if path in seen or not os.path.isfile(path):
            return
        seen.add(path)
        for line in re.sub(r"\\\\\\r?\\n", "", read(path)).splitlines():
            line = re.sub(r"(^|\\s)#.*", "", line).strip()
            option = re.match(r"(-r|--requirement|-c|--constraint)[\\s=]*(.+)", line)
            if option:
                inner = os.path.join(os.path.dirname(path), option.group(2).strip("'\\""))
                is_constraint = into is constraints or option.group(1) in ("-c", "--constraint")
                read_requirements(inner, constraints if is_constraint else into, seen)
            elif line and not line.startswith("-"):
                line = re.sub(r"\\s--(hash|config-settings|global-option|install-option)\\b.*", "", line)
                if into is constraints:
                    constraints.extend(filter(None, [parse(line)]))
                else:
                    add(line)

    def load_toml(path):
        try:
            import tomllib
        except ImportError:
            from pip._vendor import tomli as tomllib
        return tomllib.loads(read(path))

    def each_file(name, load):
        path = os.path.join(source, name)
        if os.path.isfile(path):
            try:
                load(path)
            except Exception:
                return  # assemble reports the error

    def load_pipfile_lock(path):
        for section in ("default", "develop"):
            for name, entry in json.loads(read(path)).get(section, {}).items():
                pin(name, entry.get("version"))

    def load_lock(path):
        lock = load_toml(path)
        for package in lock.get("package", []) + lock.get("packages", []):
            pin(package.get("name"), "==" + str(package.get("version")))

    def load_pyproject(path):
        project = load_toml(path).get("project", {})
        for text in project.get("dependencies", []):
            add(text)

    def load_setup_cfg(path):
        import configparser

        parser = configparser.RawConfigParser()
        parser.read_string(read(path))
        for text in parser.get("options", "install_requires", fallback="").splitlines():
            add(text.strip())

    def load_setup_py(path):
        import ast

        for node in ast.walk(ast.parse(read(path))):
            value = getattr(node, "value", getattr(node, "s", None))
            if isinstance(value, str) and "\\n" not in value:
                add(value)

    requirement_files = ["requirements.txt"]
    if any(os.path.isfile(os.path.join(source, folder, "bin", "assemble")) for folder in (".s2i", ".sti")):
        # Its own assemble may install from any of them.
        for pattern in ("*requirements*.txt", "requirements/*.txt"):
            requirement_files += glob.glob(os.path.join(glob.escape(source), pattern))
    seen = set()
    for name in requirement_files:
        each_file(name, lambda path: read_requirements(path, named, seen))
    each_file("Pipfile.lock", load_pipfile_lock)
    for name in ("poetry.lock", "pylock.toml", "uv.lock"):
        each_file(name, load_lock)
    each_file("pyproject.toml", load_pyproject)
    each_file("setup.cfg", load_setup_cfg)
    each_file("setup.py", load_setup_py)

    found = installed()

    def satisfies(requirement):
        metadata = found.get(normalize(requirement.name))
        return (
            metadata is not None
            and requirement.url is None
            # Installed from a folder, a repository or a file, which may have changed.
            and not os.path.exists(os.path.join(metadata.folder, "direct_url.json"))
            and requirement.specifier.contains(metadata["Version"], prereleases=True)
        )

    def all_agree(name):
        return all(satisfies(other) for other in named + constraints if normalize(other.name) == name)

    needed = set()
    waiting = [r for r in named if satisfies(r) and all_agree(normalize(r.name))]
    while waiting:
        requirement = waiting.pop()
        name = normalize(requirement.name)
        for extra in [""] + sorted(requirement.extras):
            if (name, extra) in needed:
                continue
            needed.add((name, extra))
            for text in found[name].get_all("Requires-Dist") or []:
                inner = parse(text)
                if inner is None or not (inner.marker is None or inner.marker.evaluate({"extra": extra})):
                    continue
                if satisfies(inner) and all_agree(normalize(inner.name)):
                    waiting.append(inner)
    kept = {name for name, _ in needed} | set(known)
    return sorted(set(found) - kept)


if not all(os.access(folder, os.W_OK) for folder in folders):
    # These are the system's packages, not the application's.
    sys.exit(0)
if sys.argv[1] == "list":
    print("\\n".join(sorted(installed())))
else:
    print("\\n".join(plan(sys.argv[2], read(sys.argv[3]).split())))
PYTHON
}

# Before the first build: records the image's own packages. Reports a missing Python only for the python profile.
record_packages() {
  if ! command -v python3 >/dev/null 2>&1 && ! command -v python >/dev/null 2>&1; then
    if [ "$wrapper_profile" = python ]; then note 'there is no python: later builds cannot uninstall packages'; fi
    return 0
  fi
  packages list 2>/dev/null | sort >"$scratch/p" || :
}

# Before a later build: uninstalls the packages that are no longer needed.
remove_packages() {
  [ -s "$scratch/p" ] || return 0
  if ! gone=$(packages plan "$source" "$scratch/p" 2>"$scratch/reason"); then
    reason=$(cat "$scratch/reason")
    note "cannot find out which Python packages are not needed: \${reason##*"$newline"}"
    return 0
  fi
  [ -n "$gone" ] || return 0
  # shellcheck disable=SC2086 # package names have no spaces
  if ! reason=$(run_python -m pip --disable-pip-version-check uninstall -q -y $gone 2>&1); then
    note "cannot uninstall Python packages: \${reason##*"$newline"}"
    return 0
  fi
  # shellcheck disable=SC2086 # one line
  echo Uninstalled Python packages that no requirement file needs in this version: $gone
}

# --- the build --------------------------------------------------------------------------------------------------------

# Sets outputs: the profile's other folders, resolved in this image and separated by spaces.
resolve_outputs() {
  outputs=
  for output in $wrapper_outputs; do
    case $output in
      '$'*)
        name=\${output%%/*}
        eval "value=\\\${\${name#?}-}"
        output=$value\${output#"$name"}
        ;;
    esac
    output=$(cd -P "$output" 2>/dev/null && pwd -P || printf '%s\\n' "$output")
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
    obstacle="HOME is \${HOME-unset}, and there is no other folder to work in"
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
  printf 'Before assemble (s2i-incremental %s, profile %s): %s, uid %s\\n' \\
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
    printf '%s\\n' "\${line#??}" >>"$scratch/\${line%% *}"
  done <"$scratch/found"
  sort -u "$scratch/e" "$scratch/e.new" >"$scratch/e.all" && mv -f "$scratch/e.all" "$scratch/e"
  mv -f "$scratch/s.new" "$scratch/s"
  for output in $outputs; do printf '%s\\n' "$output"; done >"$scratch/o"
  printf '%s' "\${survivors#"$newline"}" >"$scratch/a"
  if ! reason=$(write_record begun 2>&1); then
    note "cannot write $work_dir/$state, nothing is recorded: \${reason%%"$newline"*}"
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
  if ! { rm -rf "./$scratch" && mkdir "./$scratch" && printf '%s\\n' "$3" | split_record && complete_record; }; then
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
  printf '%s\\n' "$left" | while IFS= read -r line; do
    decode "$line"
    remove "$path" || :
  done
  printf 'Removed the source that assemble left in %s\\n' "$source"
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
printf 'After assemble %s, rc %s, %s s\\n' "$wrapper_assemble" "$wrapper_rc" \\
  "$(($(date +%s 2>/dev/null || echo 0) - \${wrapper_started:-0}))"

if [ "$wrapper_rc" = 0 ] && [ -n "$wrapper_record" ]; then
  (set_up && finish "$wrapper_work_dir" "$wrapper_source" "$wrapper_record" </dev/null) || :
fi
exit "$wrapper_rc"
`;

/** The wrapper's run with default settings. */
export const runTemplate = `#!/bin/sh
# The s2i-incremental run. With scripts from the webhook, S2I makes /usr/libexec/s2i/run the command of the image,
# unless run is one of them. This one starts the repository's own run, which the assemble wrapper kept, else the
# image's.

# The webhook fills these in.
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'

# --- folders ----------------------------------------------------------------------------------------------------------

# Resets options that a user of bash may export (SHELLOPTS, BASHOPTS). Only called in a subshell: otherwise assemble
# would inherit the settings.
reset_shell() {
  set +aefuvxC
  # shellcheck disable=SC3044 # only bash runs this
  if [ -n "\${BASH_VERSION-}" ]; then shopt -u failglob nullglob dotglob nocaseglob nocasematch 2>/dev/null || :; fi
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
  printf 's2i-incremental: %s\\n' "$*" >&2
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
  home=\${HOME-}
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
    "$home"/*) printf '%s\\n' "$here" ;;
    *) printf '%s\\n' "$home" ;;
  esac
)

# Prints the folder of the source: it is beside the folder of the scripts, wherever S2I put both.
find_source() (
  reset_shell
  case $0 in */*) folder=\${0%/*} ;; *) folder=. ;; esac
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
  for folder in "$@" "$wrapper_scripts_dir" "\${STI_SCRIPTS_PATH-}" /usr/libexec/s2i /usr/local/s2i; do
    script=$folder/$name
    if [ -n "$folder" ] && [ -f "$script" ] && ! same_text "$0" "$script"; then
      # S2I also runs scripts of a source that lost their x bit.
      [ -x "$script" ] || chmod a+x "$script" 2>/dev/null || :
      printf '%s\\n' "$script"
      exit 0
    fi
  done
  exit 1
)

wrapper_work_dir=$(find_work_dir) || wrapper_work_dir=
wrapper_source=$(find_source) || wrapper_source=
wrapper_run=$(
  find_script run "$wrapper_work_dir/.s2i-incremental" "$wrapper_work_dir/.s2i/bin" "$wrapper_work_dir/.sti/bin" \\
    "$wrapper_source/.s2i/bin" "$wrapper_source/.sti/bin"
) || {
  note "there is no run, neither in $wrapper_scripts_dir nor in /usr/libexec/s2i and /usr/local/s2i"
  exit 127
}
exec "$wrapper_run" "$@"
`;
