#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a chart has a value named y (a coordinate, a share of traffic, a yes/no column). What a values file says of it is lost: the
# key is read as the boolean true and kept as "true", so that .Values.y is empty, without a warning, also from lint --strict. Given by
# --set the value arrives: a chart that was tried with --set works until somebody writes its values down.
#
# Guess: YAML's old booleans bite values (country: no), which people quote; a key is a name and stays one.
#
# Seen, the same with both:
#   values file: y=<nil> {"true":2,"x":1}
#   --set y=2:   y=2 {"x":1,"y":2}
#   lint --strict: exit code 0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' 'icon: https://example.com/app.png' >"$folder/app/Chart.yaml"
printf '%s\n' 'apiVersion: v1' 'kind: ConfigMap' 'metadata: {name: point}' 'data:' \
  '  point: {{ printf "y=%v %s" .Values.y (toJson .Values) | squote }}' >"$folder/app/templates/point.yaml"
printf '%s\n' 'x: 1' 'y: 2' >"$folder/values.yaml"

for bin in bin-3 bin; do
  helm=$folder/$bin/helm
  version=$("$helm" version --template '{{ .Version }}')
  point() { "$helm" template app "$folder/app" "$@" | sed -n "s/^  point: '\(.*\)'$/\1/p"; }
  file=$(point --values "$folder/values.yaml")
  flag=$(point --set x=1,y=2)
  lint=0
  "$helm" lint --strict --values "$folder/values.yaml" "$folder/app" >/dev/null 2>&1 || lint=$?
  echo "$version, values file: $file"
  echo "$version, --set y=2:   $flag"
  echo "$version, lint --strict: exit code $lint"
  if [ "$file" != 'y=<nil> {"true":2,"x":1}' ] || [ "$flag" != 'y=2 {"x":1,"y":2}' ] || [ "$lint" -ne 0 ]; then
    echo 'changed: the key was to get lost in the values file, and only there' >&2
    exit 1
  fi
done
