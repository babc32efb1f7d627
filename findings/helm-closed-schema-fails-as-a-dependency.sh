#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a chart closes its values.schema.json, "additionalProperties": false, and passes alone. Another chart takes it in, gives it the values that the schema
# names and has no globals: it is refused for "global". Helm puts an empty global into the values of every subchart before it looks at the schema, though
# nobody wrote one. In the chart alone there is none. So the one place where a closed schema can't be tested is the chart that has it.
#
# Guess: passes as it does alone; global is there for a schema when somebody gives globals.
#
# Seen, the same with both:
#   alone: renders
#   as a dependency, no globals anywhere: additional properties 'global' not allowed
#   as a dependency, the schema with "global": {}: renders
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
printf '%s\n' 'sub:' '  note: given' >"$parent/values.yaml"
echo 'note: own' >"$sub/values.yaml"
echo 'seen: {{ .Values.note }}' >"$sub/templates/seen.yaml"
schema() {
  cat >"$sub/values.schema.json" <<JSON
{
  "\$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "properties": { "note": { "type": "string" }$1 }
}
JSON
}
render() {
  if "$1" template chart "$2" >"$folder/out" 2>&1; then echo renders; else grep -o "additional properties .* not allowed" "$folder/out"; fi
}

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  schema ''
  alone=$(render "$helm" "$sub")
  closed=$(render "$helm" "$parent")
  schema ', "global": {}'
  open=$(render "$helm" "$parent")
  echo "$("$helm" version --short): alone $alone; as a dependency: $closed; with global in the schema: $open"
  if [ "$alone; $closed; $open" != "renders; additional properties 'global' not allowed; renders" ]; then
    echo 'changed: the closed schema was to pass alone and to refuse "global" as a dependency' >&2
    exit 1
  fi
done
