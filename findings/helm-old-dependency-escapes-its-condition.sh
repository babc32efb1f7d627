#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: Chart.yaml takes in a chart under an alias and with a condition. Somebody raises the version there and forgets `helm dependency update`, so that charts/
# holds one out of the range. Rendering doesn't refuse it and doesn't leave it out: the entry isn't taken for that chart's any more, and so the chart is in, under
# its own name, whatever the condition says, without the values under the alias. `helm lint --strict` has nothing to say of it.
#
# Guess: an error, as when the chart isn't in charts/ at all; or it is used, since it is there, under the alias and the condition.
#
# Seen, the same with both, what is rendered of charts/sub 1.0.0 (its name, its value) with cache.note=given:
#   version 1.x, cache.enabled=true: cache given
#   version 1.x, cache.enabled=false: nothing
#   version 2.x, cache.enabled=true: sub own
#   version 2.x, cache.enabled=false: sub own
#   lint --strict: passes for both
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
chart=$folder/chart
mkdir -p "$chart/templates" "$chart/charts/sub/templates"
printf '%s\n' 'apiVersion: v2' 'name: sub' 'version: 1.0.0' >"$chart/charts/sub/Chart.yaml"
echo 'note: own' >"$chart/charts/sub/values.yaml"
cat >"$chart/charts/sub/templates/seen.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: seen
data:
  seen: {{ .Chart.Name }} {{ .Values.note }}
YAML
printf '%s\n' 'cache:' '  enabled: true' '  note: given' >"$chart/values.yaml"

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  "$helm" version --short
  while IFS='|' read -r version enabled expected; do
    printf '%s\n' 'apiVersion: v2' 'name: chart' 'version: 1.0.0' 'icon: https://example.com/icon.svg' 'dependencies:' '  - name: sub' "    version: $version" '    alias: cache' \
      '    condition: cache.enabled' >"$chart/Chart.yaml"
    seen=$("$helm" template chart "$chart" --set "cache.enabled=$enabled" | sed -n 's/^  seen: //p')
    lint=fails
    if "$helm" lint --strict "$chart" --set "cache.enabled=$enabled" >/dev/null 2>&1; then lint=passes; fi
    echo "version $version, cache.enabled=$enabled: ${seen:-nothing}, lint $lint"
    if [ "${seen:-nothing}" != "$expected" ] || [ "$lint" != passes ]; then
      echo "changed: $expected was seen, and lint to pass" >&2
      exit 1
    fi
  done <<'CASES'
1.x|true|cache given
1.x|false|nothing
2.x|true|sub own
2.x|false|sub own
CASES
done
