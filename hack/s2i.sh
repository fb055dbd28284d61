#!/usr/bin/env bash
# Builds S2I from its Go module, once, into a cache outside the checkout, and prints the program's path. The first run
# takes about a minute on two cores. Needs Go and the Go module proxy.
set -euo pipefail

s2i=1.5.1 # the version in openshift/builder of 4.21

bin=${XDG_CACHE_HOME:-$HOME/.cache}/s2i-incremental-webhook/s2i-$s2i
if [ ! -x "$bin/s2i" ]; then
  mkdir -p "$bin"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  module=github.com/openshift/source-to-image
  printf 'module s2i-main\ngo 1.24\nrequire %s v%s\n' "$module" "$s2i" >go.mod
  printf '//go:build tools\n\npackage tools\n\nimport _ "%s/cmd/s2i"\n' "$module" >tools.go
  echo "s2i: building source-to-image $s2i" >&2
  export CGO_ENABLED=0 GOFLAGS=-mod=mod GOWORK=off
  go mod tidy >&2
  # The program gets its name when it is complete, so an interrupted build leaves no broken program.
  go build -trimpath -ldflags '-s -w' -o "$bin/.s2i.$$" "$module/cmd/s2i" >&2
  mv "$bin/.s2i.$$" "$bin/s2i"
fi
echo "$bin/s2i"
