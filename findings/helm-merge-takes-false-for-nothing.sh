#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart gives a component the values that all share, {{ merge .Values.component .Values.shared }}, where the first is to win. It does for "on" and 2; but
# false, 0, the empty text and the empty list count as not given, so that what is switched off for the component is on. mergeOverwrite with the
# two exchanged, which is to say the same, keeps them.
#
# Guess: what is there wins; null is what stands for nothing.
#
# Seen, the same with both:
#   component: {"enabled":false,"level":"","list":[],"replicas":0}
#   shared:    {"enabled":true,"level":"info","list":["a"],"replicas":2}
#   merge component shared:          {"enabled":true,"level":"info","list":["a"],"replicas":2}
#   mergeOverwrite shared component: {"enabled":false,"level":"","list":[],"replicas":0}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
mkdir -p "$folder/chart/templates"
printf '%s\n' 'apiVersion: v2' 'name: chart' 'version: 1.0.0' >"$folder/chart/Chart.yaml"
component='{"enabled":false,"level":"","list":[],"replicas":0}'
shared='{"enabled":true,"level":"info","list":["a"],"replicas":2}'
printf '%s\n' "component: $component" "shared: $shared" >"$folder/chart/values.yaml"
cat >"$folder/chart/templates/seen.yaml" <<'YAML'
merge: {{ merge (deepCopy .Values.component) .Values.shared | toJson }}
overwrite: {{ mergeOverwrite (deepCopy .Values.shared) .Values.component | toJson }}
YAML

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  rendered=$("$helm" template chart "$folder/chart")
  merge=$(sed -n 's/^merge: //p' <<<"$rendered")
  overwrite=$(sed -n 's/^overwrite: //p' <<<"$rendered")
  echo "$("$helm" version --short): merge component shared: $merge"
  echo "$("$helm" version --short): mergeOverwrite shared component: $overwrite"
  if [ "$merge" != "$shared" ] || [ "$overwrite" != "$component" ]; then
    echo 'changed: merge was to take what is false or empty for not given, and mergeOverwrite to keep it' >&2
    exit 1
  fi
done
