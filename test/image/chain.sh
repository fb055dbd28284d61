#!/bin/bash
# Builds a chain of real images as S2I does, with the assemble wrapper that a running webhook serves.
#
#   test/image/chain.sh SCRIPTS_URL [ROOTFS]
#
# SCRIPTS_URL: what the webhook writes into sourceStrategy.scripts, …/s2i/<version>/python
# ROOTFS:      a Debian root directory with python3, python3-venv and python3-pip; made with debootstrap if absent
#
# Needs root, Debian's buildah, debootstrap, git, curl and python3, and no registry: the dependency is a wheel made here.
set -euo pipefail

if (($# < 1 || $# > 2)); then
  echo "usage: $0 SCRIPTS_URL [ROOTFS]" >&2
  exit 2
fi
for program in buildah debootstrap git curl python3; do
  if ! command -v "$program" >/dev/null; then
    echo "this test needs $program: apt-get install $program" >&2
    exit 2
  fi
done
scripts_url=$1
work=$(mktemp -d)
rootfs=${2:-$work/rootfs}
export BUILDAH_ISOLATION=chroot
passed=0
failed=0

buildah() {
  command buildah --storage-driver vfs --root "$work/storage" --runroot "$work/run" "$@"
}

cleanup() {
  buildah rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

# check NAME EXPECTED ACTUAL
check() {
  if [[ $2 == "$3" ]]; then
    passed=$((passed + 1))
    echo "ok      $1"
  else
    failed=$((failed + 1))
    echo "NOT OK  $1"
    diff <(echo "$2") <(echo "$3") | sed 's/^</  expected: /; s/^>/  actual:   /' || true
  fi
}

# How many lines of a build's log are exactly this, or begin with it.
count() {
  grep -c -- "^$2" "$work/$1.log" || true
}

# --- the builder image -----------------------------------------------------------------------------------------------

make_builder() {
  if [[ ! -d $rootfs ]]; then
    debootstrap --variant=minbase --include=python3,python3-venv,python3-pip bookworm "$rootfs" >"$work/debootstrap.log" ||
      { tail -n 20 "$work/debootstrap.log" >&2 && exit 1; }
  fi
  # A package with enough modules that installing it takes some seconds.
  mkdir "$work/wheels"
  python3 - "$work/wheels" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(f'{sys.argv[1]}/bigdep-1.0-py3-none-any.whl', 'w') as wheel:
    names = ['bigdep/__init__.py'] + [f'bigdep/module{number}.py' for number in range(4000)]
    for name in names:
        wheel.writestr(name, 'import os\n\n\ndef answer():\n    return [os.sep, 42]\n')
    info = 'bigdep-1.0.dist-info'
    wheel.writestr(f'{info}/METADATA', 'Metadata-Version: 2.1\nName: bigdep\nVersion: 1.0\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    files = names + [f'{info}/{name}' for name in ('METADATA', 'WHEEL', 'RECORD')]
    wheel.writestr(f'{info}/RECORD', ''.join(f'{name},,\n' for name in files))
PYTHON

  mkdir "$work/s2i"
  cat >"$work/s2i/assemble" <<'ASSEMBLE'
#!/bin/bash
# Stands in for the assemble of the Python builder images: what it does to files is the same.
set -e
shopt -s dotglob
echo "---> Installing application source ..."
mv /tmp/src/* "$HOME"
if [[ -n $PIP_INDEX_URL ]]; then
  printf '[global]\nindex-url = %s\n' "$PIP_INDEX_URL" >>"$HOME/pip.ini"
fi
if [[ -f requirements.txt ]]; then
  echo "---> Installing dependencies ..."
  pip install -r requirements.txt
fi
chmod -R g=u /opt/app-root
ASSEMBLE
  printf '#!/bin/bash\nexec python app.py\n' >"$work/s2i/run"
  chmod 755 "$work/s2i/assemble" "$work/s2i/run"

  local container
  container=$(buildah from scratch)
  buildah add -q "$container" "$rootfs" / >/dev/null
  buildah add -q "$container" "$work/s2i" /usr/libexec/s2i >/dev/null
  buildah add -q "$container" "$work/wheels" /opt/wheels >/dev/null
  buildah run "$container" -- sh -c '
    useradd -u 1001 -g 0 -d /opt/app-root/src -M default
    mkdir -p /opt/app-root/src
    python3 -m venv /opt/app-root
    chown -R 1001:0 /opt/app-root
    chmod -R g=u /opt/app-root'
  buildah config --env HOME=/opt/app-root/src --env PATH=/opt/app-root/bin:/usr/bin:/bin --workingdir /opt/app-root/src \
    --user 1001 --cmd /usr/libexec/s2i/usage "$container"
  buildah commit -q --rm "$container" builder >/dev/null
}

# --- the sources, as three commits of one repository ------------------------------------------------------------------

commit() {
  git -C "$work/repository" add -A
  git -C "$work/repository" -c user.name=test -c user.email=test@example.com commit -q -m "$1"
  cp -a "$work/repository" "$work/source$1"
  # Storage without overlayfs tells a changed file by its size and the second of its mtime: a checkout's is that of its build.
  find "$work/source$1" -exec touch -h -d "2026-01-0$1" {} +
}

make_sources() {
  git init -q -b main "$work/repository"
  cd "$work/repository"
  mkdir lib 'two words'
  echo 'bigdep' >requirements.txt
  printf 'import bigdep.module0, lib.one\nprint("version 1", bigdep.module0.answer())\n' >app.py
  touch lib/one.py lib/old.py deleted.py 'two words/file' $'new\nline'
  commit 1
  rm deleted.py lib/old.py $'new\nline'
  touch lib/new.py
  sed -i 's/version 1/version 2/' app.py
  commit 2
  rm -r 'two words'
  sed -i 's/version 2/version 3/' app.py
  commit 3
  cd - >/dev/null
}

# --- building --------------------------------------------------------------------------------------------------------

# build NAME FROM SOURCE SCRIPTS [ENV]: the Dockerfile that S2I generates, with or without a folder of scripts.
build() {
  local name=$1 from=$2 source=$3 scripts=$4 extra_env=${5:-}
  local context=$work/context-$name started
  mkdir -p "$context/upload"
  cp -a "$source" "$context/upload/src"
  {
    echo "FROM $from"
    echo "LABEL \"io.openshift.s2i.build.image\"=\"$from\""
    echo "ENV \"PIP_NO_INDEX\"=\"1\" \"PIP_FIND_LINKS\"=\"/opt/wheels\" \"PIP_INDEX_URL\"=\"https://pypi.example.com/simple\" $extra_env"
    if [[ -n $scripts ]]; then
      cp -a "$scripts" "$context/upload/scripts"
      echo "COPY --chown=1001:0 upload/scripts /tmp/scripts"
    fi
    echo "COPY --chown=1001:0 upload/src /tmp/src"
    echo "USER 1001"
    if [[ -n $scripts ]]; then echo "RUN /tmp/scripts/assemble"; else echo "RUN /usr/libexec/s2i/assemble"; fi
    echo "CMD /usr/libexec/s2i/run"
  } >"$context/Dockerfile"
  started=$(date +%s%N)
  local rc=0
  buildah build --layers=false --pull-never -t "$name" -f "$context/Dockerfile" "$context" >"$work/$name.log" 2>&1 || rc=$?
  echo "        ($name: rc $rc, $((($(date +%s%N) - started) / 1000000)) ms$(sed -n 's/^After assemble .*, \(.*\)$/, of which assemble \1/p' "$work/$name.log"))"
  return "$rc"
}

layers() {
  buildah inspect --type image --format '{{len .OCIv1.RootFS.DiffIDs}}' "$1"
}

# in_image NAME USER COMMAND…
in_image() {
  local container out
  container=$(buildah from --pull-never "$1")
  out=$(buildah run --user "$2" "$container" -- "${@:3}" 2>&1) || out+=" (rc $?)"
  buildah rm "$container" >/dev/null
  echo "$out"
}

# Everything in $HOME but what is inside .git, with quotes around names so that a newline shows.
list_home() {
  in_image "$1" 1001:0 bash -c 'find . -mindepth 1 -path "./.git/*" -prune -o -name __pycache__ -prune -o -print0 | sort -z | xargs -0 -n 1 printf "%q\n"'
}

names_of() {
  printf '%s\n' "$@" | LC_ALL=C sort
}

# --- the test --------------------------------------------------------------------------------------------------------

echo "preparing the builder image and the sources"
make_builder
make_sources

scripts=$work/scripts
mkdir "$scripts"
curl -fsS -o "$scripts/assemble" "$scripts_url/assemble"
chmod 755 "$scripts/assemble"
check "the webhook serves no run for this profile, so the image's stays in force" 404 \
  "$(curl -s -o /dev/null -w '%{http_code}' "$scripts_url/run")"

echo "without the wrapper"
result=0
build plain1 builder "$work/source1" '' || result=$?
check "the first build succeeds" 0 "$result"
result=0
build plain2 plain1 "$work/source2" '' || result=$?
check "the second build fails" yes "$( ((result != 0)) && echo yes)"
check "it fails on mv" "mv: cannot move '/tmp/src/.git' to '/opt/app-root/src/.git': Directory not empty" \
  "$(grep -o "^mv: .*/\.git'.*" "$work/plain2.log" || true)"

echo "with the wrapper"
from=builder
for number in 1 2 3; do
  result=0
  build "wrapped$number" "$from" "$work/source$number" "$scripts" || result=$?
  check "build $number succeeds" 0 "$result"
  if ((result != 0)); then cat "$work/wrapped$number.log"; break; fi
  check "build $number is wrapped" "1 1" \
    "$(count "wrapped$number" 'Before assemble ') $(count "wrapped$number" 'After assemble /usr/libexec/s2i/assemble, rc 0, ')"
  check "build $number: bigdep $( ((number == 1)) && echo 'is installed' || echo 'was there already')" \
    "$( ((number == 1)) && echo '1 0' || echo '0 1')" \
    "$(count "wrapped$number" 'Successfully installed bigdep') $(count "wrapped$number" 'Requirement already satisfied: bigdep')"
  check "build $number adds one layer" $(($(layers "$from") + 1)) "$(layers "wrapped$number")"
  check "build $number runs, as an arbitrary user" "version $number ['/', 42]" \
    "$(in_image "wrapped$number" 1000650000:0 /usr/libexec/s2i/run)"
  check "build $number: pip.ini has one section" 1 "$(in_image "wrapped$number" 1001:0 grep -c global pip.ini)"
  from=wrapped$number
done

always=(./.git ./.s2i-incremental ./.s2i-incremental/source-entries ./app.py ./lib ./lib/one.py ./pip.ini ./requirements.txt)
check "\$HOME after build 1" \
  "$(names_of "${always[@]}" ./deleted.py ./lib/old.py "'./new'\$'\\n''line'" "'./two words'" "'./two words/file'")" "$(list_home wrapped1 | LC_ALL=C sort)"
check "\$HOME after build 2: what git deleted is gone" \
  "$(names_of "${always[@]}" ./lib/new.py "'./two words'" "'./two words/file'")" "$(list_home wrapped2 | LC_ALL=C sort)"
check "\$HOME after build 3" "$(names_of "${always[@]}" ./lib/new.py)" "$(list_home wrapped3 | LC_ALL=C sort)"
check "the repository in build 3 is that of its source" \
  "$(git -C "$work/source3" rev-parse HEAD)" "$(in_image wrapped3 1001:0 cat .git/refs/heads/main)"

echo "when the wrapper cannot clean"
result=0
build refused wrapped3 "$work/source3" "$scripts" '"HOME"="/"' || result=$?
check "the build fails" yes "$( ((result != 0)) && echo yes)"
check "with one clear line" "s2i-incremental: HOME is /" "$(grep '^s2i-incremental: ' "$work/refused.log" || true)"

echo "$passed passed, $failed failed"
((failed == 0))
