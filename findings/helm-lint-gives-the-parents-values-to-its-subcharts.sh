#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: `helm template -f values.yaml` of a chart with a subchart renders, `helm lint -f values.yaml` passes, and `helm lint --with-subcharts -f values.yaml` fails
# for the subchart. It lints each subchart as if it were what was asked for, so that the file's keys for the parent stand at the root of the subchart's
# values, and what the file has for the subchart lies below the subchart's own name there. A schema that is closed refuses them; one that isn't is
# held against values that no release will have, so that a wrong type in the file's block for the subchart is nothing to it.
#
# Guess: the subchart is linted with the values that it gets from the parent: its own, and the block under its name over them.
#
# Seen, the same with both, for {title: mine, sub: {note: given}}:
#   template: seen given
#   lint: passes
#   lint --with-subcharts: fails for the subchart, not allowed 'sub' 'title'
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
parent=$folder/parent sub=$folder/parent/charts/sub
mkdir -p "$sub/templates"
printf '%s\n' 'apiVersion: v2' 'name: sub' 'version: 1.0.0' >"$sub/Chart.yaml"
printf '%s\n' 'apiVersion: v2' 'name: parent' 'version: 1.0.0' 'dependencies:' '  - name: sub' '    version: 1.0.0' >"$parent/Chart.yaml"
echo 'title: own' >"$parent/values.yaml"
echo 'note: own' >"$sub/values.yaml"
printf '%s\n' 'title: mine' 'sub:' '  note: given' >"$folder/values.yaml"
cat >"$sub/values.schema.json" <<'JSON'
{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "properties": { "note": { "type": "string" }, "global": {} }
}
JSON
cat >"$sub/templates/seen.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: seen
data:
  seen: {{ .Values.note }}
YAML

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  template=$("$helm" template chart "$parent" -f "$folder/values.yaml" | sed -n 's/^  seen: //p')
  lint=fails
  if "$helm" lint "$parent" -f "$folder/values.yaml" >/dev/null 2>&1; then lint=passes; fi
  with=passes
  if ! "$helm" lint --with-subcharts "$parent" -f "$folder/values.yaml" >"$folder/out" 2>&1; then
    with="not allowed $(grep -o "additional properties .* not allowed" "$folder/out" | grep -o "'[a-z]*'" | sort -u | paste -sd' ')"
  fi
  echo "$("$helm" version --short): template $template; lint $lint; lint --with-subcharts: $with"
  if [ "$template; $lint; $with" != "given; passes; not allowed 'sub' 'title'" ]; then
    echo "changed: --with-subcharts alone was to fail, for the parent's values at the subchart's root" >&2
    exit 1
  fi
done
