#!/usr/bin/env bash
# Builds the image for assemble.image of the configuration. It contains only the scripts, so a Build needs no connection
# to the webhook.
#
#   hack/scripts-image.sh IMAGE [CONFIG]     e.g. harbor.example.com/ci/s2i-incremental-scripts:1 config.yaml
#   PUSH=1 hack/scripts-image.sh …           also pushes it, and prints the value for assemble.image
#
# Needs buildah (apt-get install buildah) and Node.js. Without the rights for namespaces: BUILDAH_ISOLATION=chroot and
# STORAGE_DRIVER=vfs in the environment.
set -euo pipefail

if (($# < 1 || $# > 2)); then
  echo "usage: $0 IMAGE [CONFIG]" >&2
  exit 2
fi
image=$1
config=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node "$(dirname "$0")/../src/main.ts" scripts --out "$work/out" ${config:+--config "$config"} >&2

container=$(buildah from scratch)
trap 'buildah rm "$container" >/dev/null; rm -rf "$work"' EXIT
buildah add -q "$container" "$work/out/s2i" /s2i >/dev/null
buildah config --label org.opencontainers.image.title=s2i-incremental-scripts "$container"
# A fixed time, so that the same scripts make the same image.
buildah commit -q --timestamp 0 "$container" "$image" >/dev/null
if [[ -n ${PUSH:-} ]]; then
  buildah push -q --digestfile "$work/digest" "$image"
  echo "${image%:*}@$(cat "$work/digest")"
else
  echo "$image"
fi
