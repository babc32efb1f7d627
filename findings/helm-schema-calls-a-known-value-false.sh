#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), Ajv 8.20.0 (npm).
#
# Behaviour: a chart's values.schema.json takes shared values from a part of its own (allOf) and forbids any other by "unevaluatedProperties": false. If one
# value of that part has the wrong type, Helm calls every value of the part "false schema", also those that are right, and names them
# as it names one that is misspelt. (The standard forgets what a part has looked at once it has failed.) A values file with one number in quotes
# gets a list of errors about lines that are in order. Ajv, asked for all errors, names the one.
#
# Guess: one wrong type is one error.
#
# Seen, for the value replicas: "3" beside a right zone, the same with both Helms:
#   Helm: at '/replicas': false schema; at '/replicas': got string, want integer; at '/zone': false schema
#   Ajv:  /replicas must be integer
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder/ajv" ajv@8.20.0 >/dev/null
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
echo 'seen: {{ .Values.zone }}' >"$folder/app/templates/seen.yaml"
cat >"$folder/app/values.schema.json" <<'JSON'
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$defs": { "shared": { "properties": { "replicas": { "type": "integer" }, "zone": { "type": "string" } } } },
  "allOf": [{ "$ref": "#/$defs/shared" }],
  "properties": { "image": { "type": "string" } },
  "unevaluatedProperties": false
}
JSON
echo '{"image": "app", "replicas": "3", "zone": "north"}' >"$folder/wrong.json"
echo '{"image": "app", "replicas": 3, "zone": "north"}' >"$folder/right.json"

expected="at '/replicas': false schema; at '/replicas': got string, want integer; at '/zone': false schema"
for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  "$helm" template app "$folder/app" -f "$folder/right.json" >/dev/null
  seen=$("$helm" template app "$folder/app" -f "$folder/wrong.json" 2>&1 | grep -o "at '/[a-z]*': .*" | LC_ALL=C sort | paste -sd';' | sed 's/;/; /g' || true)
  echo "Helm $("$helm" version --short): $seen"
  [ "$seen" = "$expected" ] || { echo "changed: expected $expected" >&2; exit 1; }
done
ajv=$(cd "$folder/ajv" && node - "$folder" <<'JS'
const Ajv = require("ajv/dist/2020");
const validate = new Ajv({ allErrors: true, strict: false }).compile(require(`${process.argv[2]}/app/values.schema.json`));
validate(require(`${process.argv[2]}/wrong.json`));
console.log(validate.errors.map((error) => `${error.instancePath} ${error.message}`).join("; "));
JS
)
echo "Ajv: $ajv"
[ "$ajv" = '/replicas must be integer' ] || { echo 'changed: Ajv was to name the one value' >&2; exit 1; }
