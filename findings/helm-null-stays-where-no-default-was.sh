#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4).
#
# Behaviour: null in a user's values takes a chart's default away: the key isn't there, neither to the templates nor to the schema. That is so only where the chart has a
# default. Where its values.yaml has none, the key is there and holds null: hasKey is true, toYaml of the map around it writes it, and the schema judges
# it. So a values file with `proxy: null` that installs one version of a chart is refused by the next, which says nothing of a proxy any more, or
# has only taken the default out of values.yaml.
#
# Guess: null is "not given", whatever the chart's default.
#
# Seen, of --set proxy=null, the schema the same for the first two, {"properties": {"proxy": {"type": "string"}}, "additionalProperties": false}:
#   default in values.yaml: hasKey false, values {}
#   no default: at '/proxy': got null, want string
#   no default, and proxy not in the schema: at '': additional properties 'proxy' not allowed
#   no default and no schema: hasKey true, values {"proxy":null}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
printf 'seen: hasKey {{ hasKey .Values "proxy" }}, values {{ toJson .Values }}\n' >"$folder/app/templates/seen.yaml"

# seen VALUES SCHEMA: what the chart renders, or what its schema says.
seen() {
  echo "$1" >"$folder/app/values.yaml"
  rm -f "$folder/app/values.schema.json"
  [ -z "$2" ] || echo "$2" >"$folder/app/values.schema.json"
  { "$folder/bin/helm" template app "$folder/app" --set proxy=null 2>&1 || true; } | sed -n 's/^seen: //p; s/^- at/at/p'
}
with=$(seen 'proxy: squid.example.com' '{"properties": {"proxy": {"type": "string"}}, "additionalProperties": false}')
without=$(seen '' '{"properties": {"proxy": {"type": "string"}}, "additionalProperties": false}')
unknown=$(seen '' '{"additionalProperties": false}')
open=$(seen '' '')
result="default in values.yaml: $with
no default: $without
no default, and proxy not in the schema: $unknown
no default and no schema: $open"
echo "$result"
if [ "$result" != "default in values.yaml: hasKey false, values {}
no default: at '/proxy': got null, want string
no default, and proxy not in the schema: at '': additional properties 'proxy' not allowed
no default and no schema: hasKey true, values {\"proxy\":null}" ]; then
  echo 'changed: null was to take away a default, and to stay where there is none' >&2
  exit 1
fi
