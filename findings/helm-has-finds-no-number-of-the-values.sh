#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart asks {{ if has 443 .Values.ports }}. With ports [80, 443] in the values file the answer is no, and with --set 'ports={80,443}' as well:
# the number in a template is an int, in a values file a float64, by --set an int64, and has compares types. It says nothing of it, where
# eq of 443 and the number of the values file is an error.
#
# Guess: 443 is 443; or the types don't fit and it is an error, as it is with eq.
#
# Seen, the same with both:
#   has 443: list in the template true, values file false, --set false
#   eq 443 with the first of [443]: error, incompatible types for comparison
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
for chart in has eq; do
  mkdir -p "$folder/$chart/templates"
  printf '%s\n' 'apiVersion: v2' "name: $chart" 'version: 1.0.0' >"$folder/$chart/Chart.yaml"
done
echo 'seen: {{ has 443 (list 80 443) }} {{ has 443 .Values.ports }} {{ has 443 .Values.given }}' >"$folder/has/templates/seen.yaml"
echo 'seen: {{ eq 443 (last .Values.ports) }}' >"$folder/eq/templates/seen.yaml"
echo 'ports: [80, 443]' | tee "$folder/has/values.yaml" >"$folder/eq/values.yaml"

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  has=$("$helm" template has "$folder/has" --set 'given={80,443}' | sed -n 's/^seen: //p')
  eq=$("$helm" template eq "$folder/eq" 2>&1 | grep -o 'incompatible types for comparison' || true)
  echo "$("$helm" version --short): has in the template, the values file, --set: $has; eq: $eq"
  if [ "$has" != 'true false false' ] || [ "$eq" != 'incompatible types for comparison' ]; then
    echo 'changed: has was to find the number in a list of the template alone, and eq to be an error' >&2
    exit 1
  fi
done
