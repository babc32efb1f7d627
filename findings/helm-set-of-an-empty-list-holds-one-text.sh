#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: --set writes a list in braces, hosts={a,b}. An empty pair, to take away the hosts of values.yaml, is a list of one text that is empty: {{ range }} goes round
# once, {{ if }} is true, and minItems: 1 of a schema is content. Brackets are the text "[]", which is true as well. What gives an empty list is
# --set-json 'hosts=[]'.
#
# Guess: {} is the empty list, [] as well.
#
# Seen, toJson, the same with both:
#   --set hosts={a,b}: ["a","b"]
#   --set hosts={}: [""]
#   --set hosts=[]: "[]"
#   --set-json hosts=[]: []
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
echo 'hosts: [own]' >"$folder/chart/values.yaml"
echo 'seen: {{ toJson .Values.hosts }}' >"$folder/chart/templates/seen.yaml"

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  "$helm" version --short
  while read -r flag value expected; do
    seen=$("$helm" template chart "$folder/chart" "$flag" "$value" | sed -n 's/^seen: //p')
    echo "$flag $value: $seen"
    if [ "$seen" != "$expected" ]; then
      echo "changed: $expected was seen for $flag $value" >&2
      exit 1
    fi
  done <<'CASES'
--set hosts={a,b} ["a","b"]
--set hosts={} [""]
--set hosts=[] "[]"
--set-json hosts=[] []
CASES
done
