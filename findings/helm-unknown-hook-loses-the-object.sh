#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a chart leaves it to a value whether an object is a hook, helm.sh/hook: {{ .Values.hook | quote }}, where the empty text is to mean that it is none. Or
# somebody writes pre_install for pre-install, or lists a hook that Helm doesn't know beside one that it does. The object is then neither a hook nor a
# part of the release: it is left out, with a line of the level INFO. Rendering, and strict linting, succeed.
#
# Guess: an unknown hook is an error, in lint at the latest; an empty one makes an ordinary object; of a list the known one counts.
#
# Seen, the same with both, what is rendered and whether helm lint --strict passes:
#   "pre-install": hooked other, lint passes
#   "": other, lint passes
#   "pre_install": other, lint passes
#   "pre-install,pre-start": other, lint passes
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
echo 'hook: pre-install' >"$folder/chart/values.yaml"
cat >"$folder/chart/templates/objects.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: hooked
  annotations:
    helm.sh/hook: {{ .Values.hook | quote }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: other
YAML

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  "$helm" version --short
  while IFS='|' read -r hook expected; do
    names=$("$helm" template chart "$folder/chart" --set-json "hook=\"$hook\"" 2>"$folder/said" | sed -n 's/^  name: //p' | sort | paste -sd' ')
    lint=fails
    if "$helm" lint --strict "$folder/chart" --set-json "hook=\"$hook\"" >/dev/null 2>&1; then lint=passes; fi
    echo "\"$hook\": $names, lint $lint"
    if [ "$names, lint $lint" != "$expected" ]; then
      echo "changed: $expected was seen for \"$hook\"" >&2
      exit 1
    fi
  done <<'CASES'
pre-install|hooked other, lint passes
|other, lint passes
pre_install|other, lint passes
pre-install,pre-start|other, lint passes
CASES
done
