#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a chart writes a value of several lines below its key, script: {{ toYaml .Values.script | nindent 2 }}. If the text begins with a space or an empty line, toYaml
# says how deep it stands, "|2-", and that counts from the key and not from where nindent put it: every line comes out two spaces deeper, with
# nindent 4 four. A text that begins with anything else is as it was, so is one that toYaml writes with its key.
#
# Guess: toYaml and nindent give back the value; what is deeper at its first line is as deep as it was.
#
# Seen, the same with both, by nindent 2, by nindent 4, and with its key:
#   "first\n  second": ["first\n  second","first\n  second","first\n  second"]
#   "  first\nsecond": ["    first\n  second","      first\n    second","  first\nsecond"]
#   "\nsecond": ["\n  second","  \n    second","\nsecond"]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
for chart in written read; do
  mkdir -p "$folder/$chart/templates"
  printf '%s\n' 'apiVersion: v2' "name: $chart" 'version: 1.0.0' >"$folder/$chart/Chart.yaml"
done
cat >"$folder/written/templates/texts.yaml" <<'YAML'
two: {{ toYaml .Values.text | nindent 2 }}
four: {{ toYaml .Values.text | nindent 4 }}
key: {{ dict "text" .Values.text | toYaml | nindent 2 }}
YAML
echo 'seen: {{ list .Values.two .Values.four .Values.key.text | toJson }}' >"$folder/read/templates/seen.yaml"

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  "$helm" version --short
  while IFS='|' read -r text expected; do
    "$helm" template written "$folder/written" --set-json "text=$text" >"$folder/rendered.yaml"
    seen=$("$helm" template read "$folder/read" -f "$folder/rendered.yaml" | sed -n 's/^seen: //p')
    echo "$text: $seen"
    if [ "$seen" != "$expected" ]; then
      echo "changed: $expected was seen for $text" >&2
      exit 1
    fi
  done <<'CASES'
"first\n  second"|["first\n  second","first\n  second","first\n  second"]
"  first\nsecond"|["    first\n  second","      first\n    second","  first\nsecond"]
"\nsecond"|["\n  second","  \n    second","\nsecond"]
CASES
done
