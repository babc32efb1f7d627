#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4).
#
# Behaviour: a chart's values.schema.json says "format": "ipv4". Whether Helm holds a value to that depends on the line above it: with
# draft-07 as $schema 999.1.1.1 is refused, with 2019-09 or 2020-12 it's taken, and so it is in a schema that names no draft at all. An
# author who moves a chart's schema to the newest draft, or tidies the $schema away, loses these checks and is told nothing.
#
# Guess: a keyword that Helm knows how to check is checked in every draft; a newer draft is stricter, if anything.
#
# Seen, of --set address=999.1.1.1:
#   draft-04: refused, draft-06: refused, draft-07: refused, 2019-09: taken, 2020-12: taken, none named: taken
# and of --set address=7 (not a text), the same everywhere: refused
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
printf '# %s\n' '{{ .Values.address }}' >"$folder/app/templates/address.yaml"

# verdict SCHEMA-LINE ADDRESS
verdict() {
  printf '{%s"properties": {"address": {"type": "string", "format": "ipv4"}}}\n' "$1" >"$folder/app/values.schema.json"
  if "$folder/bin/helm" template app "$folder/app" --set "address=$2" >"$folder/log" 2>&1; then
    echo taken
  elif grep -q "at '/address'" "$folder/log"; then
    echo refused
  else
    cat "$folder/log" >&2
    exit 2
  fi
}

expected='draft-04: refused, draft-06: refused, draft-07: refused, 2019-09: taken, 2020-12: taken, none named: taken'
declare -A lines=(
  [draft-04]='"$schema": "http://json-schema.org/draft-04/schema#", '
  [draft-06]='"$schema": "http://json-schema.org/draft-06/schema#", '
  [draft-07]='"$schema": "http://json-schema.org/draft-07/schema#", '
  [2019-09]='"$schema": "https://json-schema.org/draft/2019-09/schema", '
  [2020-12]='"$schema": "https://json-schema.org/draft/2020-12/schema", '
  ['none named']=''
)
seen='' control=''
for draft in draft-04 draft-06 draft-07 2019-09 2020-12 'none named'; do
  seen="$seen${seen:+, }$draft: $(verdict "${lines[$draft]}" 999.1.1.1)"
  control="$control${control:+, }$(verdict "${lines[$draft]}" 7)"
done
echo "address=999.1.1.1: $seen"
echo "address=7: $control"
if [ "$seen" != "$expected" ] || [ "$control" != 'refused, refused, refused, refused, refused, refused' ]; then
  echo "changed: expected $expected, and the number refused in each" >&2
  exit 1
fi
