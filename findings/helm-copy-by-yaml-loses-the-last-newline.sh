#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4).
#
# Behaviour: charts copy a map by fromYaml (toYaml .), since merge and set change what they're given. The copy is the same but for one
# text: the one whose key sorts last loses a newline at its end. A certificate or a script keeps its newline or loses it by the name of
# its key, and gets it back when somebody adds a key behind it.
#
# Guess: text to YAML and back is the same text, whatever YAML has to write to get there.
#
# Seen:
#   {"a.pem":"A\n","b.pem":"B\n"}                -> {"a.pem":"A\n","b.pem":"B"}
#   {"a.pem":"A\n","b.pem":"B\n","last":"plain"} -> {"a.pem":"A\n","b.pem":"B\n","last":"plain"}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
printf '%s\n' 'copy: {{ .Values.files | toYaml | fromYaml | toJson | squote }}' >"$folder/app/templates/copy.yaml"

copy() { "$folder/bin/helm" template app "$folder/app" --set-json "files=$1" | sed -n "s/^copy: '\(.*\)'$/\1/p"; }
two='{"a.pem":"A\n","b.pem":"B\n"}'
three='{"a.pem":"A\n","b.pem":"B\n","last":"plain"}'
of_two=$(copy "$two")
of_three=$(copy "$three")
printf '%-44s -> %s\n' "$two" "$of_two" "$three" "$of_three"
if [ "$of_two" != '{"a.pem":"A\n","b.pem":"B"}' ] || [ "$of_three" != "$three" ]; then
  echo 'changed: the text of the last key, and no other, was to lose its newline' >&2
  exit 1
fi
