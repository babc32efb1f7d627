#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), built with go install.
#
# Behaviour: without a cluster, helm template takes a version of Kubernetes for granted. The released binary of Helm 3 is told it by the linker when it is
# built. One from "go install ...@v3.22.0", the same source and tag, renders for v1.20.0, of the year 2020, and a chart that says
# kubeVersion ">=1.25.0" is refused. Helm 4.3.1 reads the version off its own library when it is built the same way.
#
# Guess: the version belongs to the source, which is pinned; how it was built has no part in it.
#
# Seen:
#   3.22.0: v1.20.0, kubeVersion ">=1.25.0" refused
#   4.3.1:  v1.37.0, kubeVersion ">=1.25.0" taken
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
for chart in any newer; do
  mkdir -p "$folder/$chart/templates"
  printf '%s\n' 'apiVersion: v2' "name: $chart" 'version: 1.0.0' >"$folder/$chart/Chart.yaml"
  echo 'seen: {{ .Capabilities.KubeVersion.Version }}' >"$folder/$chart/templates/seen.yaml"
done
echo 'kubeVersion: ">=1.25.0"' >>"$folder/newer/Chart.yaml"

# seen HELM
seen() {
  local version verdict=taken
  version=$("$1" template any "$folder/any" | sed -n 's/^seen: //p')
  "$1" template newer "$folder/newer" >/dev/null 2>"$folder/log" || verdict=refused
  [ "$verdict" = taken ] || grep -q "incompatible with Kubernetes $version" "$folder/log" || { cat "$folder/log" >&2; exit 2; }
  echo "$version, $verdict"
}

three=$(seen "$folder/bin-3/helm") four=$(seen "$folder/bin/helm")
echo "3.22.0: $three"
echo "4.3.1: $four"
if [ "$three" != 'v1.20.0, refused' ] || [ "$four" != 'v1.37.0, taken' ]; then
  echo 'changed: Helm 3 was to render for v1.20.0, Helm 4 for v1.37.0' >&2
  exit 1
fi
