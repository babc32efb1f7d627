#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart writes until when something holds, {{ dateModify "30d" .start }}, or a notice of it. There is no "d" in Go's durations, and dateModify gives back the
# date that it got, without an error: it holds until now. "720h" is thirty days. mustDateModify is the one that fails.
#
# Guess: thirty days later; or an error.
#
# Seen, from 2024-01-01, the same with both:
#   dateModify "720h": 2024-01-31
#   dateModify "30d": 2024-01-01
#   dateModify "1h30": 2024-01-01
#   mustDateModify "30d": error, unknown unit "d" in duration "30d"
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

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  "$helm" version --short
  while IFS='|' read -r call expected; do
    echo "seen: {{ toDate \"2006-01-02\" \"2024-01-01\" | $call | date \"2006-01-02\" }}" >"$folder/chart/templates/seen.yaml"
    if "$helm" template chart "$folder/chart" >"$folder/out" 2>&1; then seen=$(sed -n 's/^seen: //p' "$folder/out"); else seen=$(grep -o 'unknown unit .*' "$folder/out" | head -1); fi
    echo "$call: $seen"
    if [ "$seen" != "$expected" ]; then
      echo "changed: $expected was seen for $call" >&2
      exit 1
    fi
  done <<'CASES'
dateModify "720h"|2024-01-31
dateModify "30d"|2024-01-01
dateModify "1h30"|2024-01-01
mustDateModify "30d"|unknown unit "d" in duration "30d"
CASES
done
