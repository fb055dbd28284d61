#!/bin/bash
# Does what a build pod does for one Build, with an empty container storage, all in memory. Prints a line of JSON: the
# seconds of each stage, the storage driver and the digest of the image.
#
#   unshare --mount build-pod.sh LOG SOURCE FROM OUTPUT SCRIPTS ENVIRONMENT [IMAGE PATH FOLDER]
#
# SOURCE: a git repository; SCRIPTS: the Build's sourceStrategy.scripts, may be empty; ENVIRONMENT: a file for S2I;
# IMAGE PATH FOLDER: the Build's image source. $S2I is the S2I program.
set -euo pipefail
log=$1 source=$2 from=$3 output=$4 scripts=$5 environment=$6 image=${7:-} path=${8:-} folder=${9:-}

# They disappear with the mount namespace, so the next build starts empty.
mkdir -p /var/lib/containers
mount -t tmpfs tmpfs /var/lib/containers
mount -t tmpfs tmpfs /var/tmp
mkdir -p /tmp/build
mount -t tmpfs tmpfs /tmp/build
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=overlay
buildah info >/dev/null 2>&1 || STORAGE_DRIVER=vfs

now() { date +%s%N; }
seconds() { awk "BEGIN { printf \"%.2f\", ($2 - $1) / 1e9 }"; }

{
  started=$(now)
  git clone -q "$source" /tmp/build/inputs
  if [[ -n $image ]]; then
    buildah pull -q --tls-verify=false "$image"
    container=$(buildah from --pull-never "$image")
    cp -a "$(buildah mount "$container")$path" "/tmp/build/inputs/$folder"
  fi
  buildah pull -q --tls-verify=false "$from"
  pulled=$(now)
  "$S2I" build file:///tmp/build/inputs "$from" "$output" --copy --keep-symlinks --as-dockerfile /tmp/build/Dockerfile \
    --environment-file "$environment" ${scripts:+--scripts-url "$scripts"}
  buildah build -q --layers=false --pull-never --tls-verify=false -t "$output" -f /tmp/build/Dockerfile /tmp/build
  built=$(now)
  buildah push -q --tls-verify=false --digestfile /tmp/build/digest "$output"
  pushed=$(now)
} >"$log" 2>&1

printf '{"pull": %s, "build": %s, "push": %s, "driver": "%s", "digest": "%s"}\n' "$(seconds "$started" "$pulled")" \
  "$(seconds "$pulled" "$built")" "$(seconds "$built" "$pushed")" "$STORAGE_DRIVER" "$(cat /tmp/build/digest)"
