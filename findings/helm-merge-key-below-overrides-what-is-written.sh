#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4; kubectl reads by the same sigs.k8s.io/yaml), PyYAML 6.0.4 (PyPI), yaml 2.9.1 (npm).
#
# Behaviour: a values file takes its defaults from an anchor by "<<". What a mapping says itself wins over what is merged into it, so YAML's merge key
# is defined, wherever the line stands; PyYAML and JavaScript's yaml do that. To Helm the order of lines counts: with "<<: *defaults" below
# "replicas: 3" the default wins. A formatter that sorts keys, or somebody who adds the line at the end, changes what is deployed.
#
# Guess: the place of "<<" in a mapping doesn't matter, in Helm as elsewhere.
#
# Seen:
#                  above  below
#   Helm 3.22.0    3      1
#   Helm 4.3.1     3      1
#   PyYAML         3      3
#   yaml           3      3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
python3 -m venv "$folder/python"
"$folder/python/bin/pip" install -q pyyaml==6.0.4
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" yaml@2.9.1 >/dev/null

mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
printf '%s\n' 'above: {{ .Values.above.replicas }}' 'below: {{ .Values.below.replicas }}' >"$folder/app/templates/seen.yaml"
cat >"$folder/values.yaml" <<'YAML'
defaults: &defaults
  replicas: 1
above:
  <<: *defaults
  replicas: 3
below:
  replicas: 3
  <<: *defaults
YAML

by_helm() { "$folder/$1/helm" template app "$folder/app" --values "$folder/values.yaml" | sed -n 's/^\(above\|below\): //p' | paste -sd' '; }
helm3=$(by_helm bin-3)
helm4=$(by_helm bin)
python=$("$folder/python/bin/python" -c '
import sys, yaml
v = yaml.safe_load(open(sys.argv[1]))
print(v["above"]["replicas"], v["below"]["replicas"])' "$folder/values.yaml")
javascript=$(cd "$folder" && node -e '
const { above, below } = require("yaml").parse(require("node:fs").readFileSync("values.yaml", "utf8"), { merge: true });
console.log(above.replicas, below.replicas);')
printf '%s\n' "Helm 3.22.0: $helm3" "Helm 4.3.1: $helm4" "PyYAML: $python" "yaml: $javascript"
if [ "$helm3|$helm4|$python|$javascript" != '3 1|3 1|3 3|3 3' ]; then
  echo 'changed: a merge key below was to override, in Helm alone' >&2
  exit 1
fi
