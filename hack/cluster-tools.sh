#!/usr/bin/env bash
# Builds kube-apiserver, etcd and helm from their Go modules, once, into a cache outside the checkout, and prints their
# folder. If KUBEBUILDER_ASSETS is set, it prints that folder and builds nothing.
#
#   hack/cluster-tools.sh            progress on stderr, the folder on stdout
#
# The first run takes about 10 minutes on two cores. Needs Go and the Go module proxy.
set -euo pipefail

kubernetes=1.34.4 # the minor release of OpenShift 4.21
etcd=3.6.16
helm=3.22.0

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  for tool in kube-apiserver etcd; do
    if [ ! -x "$KUBEBUILDER_ASSETS/$tool" ]; then
      echo "cluster-tools: KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS has no $tool; unset it to build one" >&2
      exit 1
    fi
  done
  echo "$KUBEBUILDER_ASSETS"
  exit 0
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/s2i-incremental-webhook
bin=$cache/kubernetes-$kubernetes-etcd-$etcd-helm-$helm
mkdir -p "$bin"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOFLAGS=-mod=mod GOWORK=off

say() { echo "cluster-tools: $*" >&2; }

# install_tool NAME PACKAGE: builds PACKAGE of the module in the current folder. The tool gets its name when it is
# complete, so an interrupted build leaves no broken tool.
install_tool() {
  go build -trimpath -ldflags "-s -w ${3:-}" -o "$bin/.$1.$$" "$2" >&2
  mv "$bin/.$1.$$" "$bin/$1"
}

if [ ! -x "$bin/etcd" ]; then
  say "building etcd $etcd"
  mkdir "$work/etcd" && cd "$work/etcd"
  cat >main.go <<'GO'
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
GO
  cat >go.mod <<MOD
module etcd-main
go 1.24
require go.etcd.io/etcd/server/v3 v$etcd
MOD
  go mod tidy >&2
  install_tool etcd .
fi

if [ ! -x "$bin/kube-apiserver" ]; then
  say "building kube-apiserver $kubernetes"
  mkdir "$work/apiserver" && cd "$work/apiserver"
  upstream=$(go mod download -json "k8s.io/kubernetes@v$kubernetes" | sed -n 's/^[[:space:]]*"GoMod": "\(.*\)",\{0,1\}$/\1/p')
  # k8s.io/kubernetes replaces its staging modules by folders; outside of its tree, their releases replace them.
  {
    echo "module apiserver-main"
    echo "go 1.24"
    echo "require k8s.io/kubernetes v$kubernetes"
    sed -n "s#^[[:space:]]*\(k8s\.io/[a-z-]*\) => \./staging/src/.*#replace \1 => \1 v0.${kubernetes#1.}#p" "$upstream"
  } >go.mod
  cat >main.go <<'GO'
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() { os.Exit(cli.Run(app.NewAPIServerCommand())) }
GO
  go mod tidy >&2
  version=k8s.io/component-base/version
  install_tool kube-apiserver . "-X $version.gitVersion=v$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=${kubernetes:2:2}"
fi

if [ ! -x "$bin/helm" ]; then
  say "building helm $helm"
  mkdir "$work/helm" && cd "$work/helm"
  GOFLAGS='' GOBIN="$work/helm" go install "helm.sh/helm/v3/cmd/helm@v$helm" >&2
  mv "$work/helm/helm" "$bin/.helm.$$" && mv "$bin/.helm.$$" "$bin/helm"
fi

echo "$bin"
