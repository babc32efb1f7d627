#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a chart makes a ConfigMap of its files with (.Files.Glob "config/**").AsConfig. A key is the file's name without its folder, so config/a/app.conf and
# config/b/app.conf are one key. Which of the two is in it is drawn anew at every render: the same chart with the same values gives one ConfigMap now and another
# at the next upgrade, and neither an error nor a warning.
#
# Guess: an error; or the last file in the order of their paths, always the same one.
#
# Seen, of two hundred renders at most, with both: some hold A, some hold B, none holds both
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
mkdir -p "$folder/chart/templates" "$folder/chart/config/a" "$folder/chart/config/b"
printf '%s\n' 'apiVersion: v2' 'name: chart' 'version: 1.0.0' >"$folder/chart/Chart.yaml"
echo A >"$folder/chart/config/a/app.conf"
echo B >"$folder/chart/config/b/app.conf"
echo 'seen: {{ (.Files.Glob "config/**").AsConfig | fromYaml | toJson }}' >"$folder/chart/templates/seen.yaml"

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  : >"$folder/drawn"
  for ((render = 1; render <= 200; render++)); do
    "$helm" template chart "$folder/chart" | sed -n 's/^seen: //p' >>"$folder/drawn"
    seen=$(sort -u "$folder/drawn" | paste -sd' ')
    if [ "$seen" = '{"app.conf":"A"} {"app.conf":"B"}' ]; then break; fi
  done
  echo "$("$helm" version --short): $seen"
  if [ "$seen" != '{"app.conf":"A"} {"app.conf":"B"}' ]; then
    echo 'changed: two files of one name were to take turns in one key' >&2
    exit 1
  fi
done
