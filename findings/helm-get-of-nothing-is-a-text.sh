#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart asks whether a value was given, {{ if kindIs "invalid" (get .Values.probe "port") }}, the way that works with .Values.probe.port and with index. With
# get it is never so: get answers "" for a key that isn't there. What is written for the case that nothing is given is never rendered, and what stands
# in the other branch gets the empty text, an int of 0.
#
# Guess: nil, as index of the same dict.
#
# Seen, of a dict without the key, the same with both:
#   field: invalid, index: invalid, get: string
#   of a null that is there, get: invalid
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
printf '%s\n' 'probe:' '  path: /' >"$folder/chart/values.yaml"
echo 'seen: {{ kindOf .Values.probe.port }} {{ kindOf (index .Values.probe "port") }} {{ kindOf (get .Values.probe "port") }} {{ kindOf (get (dict "port" nil) "port") }}' \
  >"$folder/chart/templates/seen.yaml"

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  seen=$("$helm" template chart "$folder/chart" | sed -n 's/^seen: //p')
  echo "$("$helm" version --short): field, index, get, get of null: $seen"
  if [ "$seen" != 'invalid invalid string invalid' ]; then
    echo 'changed: get alone was to be a text for a key that is not there' >&2
    exit 1
  fi
done
