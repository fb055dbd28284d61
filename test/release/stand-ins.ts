/** Scripts that replace a tool which needs more than a test has; `real` is the tool itself. */
export const standIns: Readonly<Record<string, string>> = {
  // kubectl with some commands of oc. Builds are started like OpenShift does, and complete at once.
  oc: `case "$1" in
    new-project) exec kubectl create namespace "$2" ;;
    start-build)
      name=$2 namespace=$(kubectl config view --minify -o 'jsonpath={..namespace}')
      shift 2
      while [ $# -gt 0 ]; do
        case "$1" in
          --namespace) namespace=$2; shift ;;
          --follow) ;;
          *) echo "oc start-build: $1?" >&2; exit 1 ;;
        esac
        shift
      done
      exec curl -fsS "$START_BUILD?name=$name&namespace=$namespace" ;;
    s2i-incremental) shift; exec node "$CHECKOUT/src/main.ts" "$@" ;;
    apply) if [ "$KINDS_OF_1_11" = 1 ]; then exec cat >applied.yaml; fi; exec kubectl "$@" ;;
    *) exec kubectl "$@" ;;
  esac`,
  // No kubelet runs the pod of helm test; test/chart/check.test.ts runs its content.
  helm: `if [ "$1" = test ]; then real get hooks "$2" --namespace "$4" | grep -q '^kind: Pod$'; else real "$@"; fi`,
  // buildah, with an existing base and bundle, and the registry of this test.
  podman: `case "$1" in
    build)
      shift
      args=()
      for arg in "$@"; do [ "$arg" = . ] || args+=("\${arg/#\\/etc\\/pki\\/ca-trust\\/source\\/anchors\\/company.pem/$COMPANY_CA}"); done
      exec buildah build --pull-never --layers=false --build-context "build=$BUNDLE" "\${args[@]}" \\
        --build-arg NODE=localhost/debian "$CHECKOUT" ;;
    push) exec buildah push "$2" "docker://$REGISTRY/\${2#registry.example.com/}" ;;
  esac`,
  skopeo: `real "$1" "$2" "docker://$REGISTRY/\${3#docker://registry.example.com/}"`,
  // The tests run this test, and the packages are installed.
  npm: `case "$*" in ci | test) ;; *) real "$@" ;; esac`,
};
