#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a chart that wraps another takes one of its defaults away by a null in its own values.yaml (limits: null for the
# subchart). Helm 3 does that. Helm 4, same files and same command, leaves the subchart's default in place, without a warning. The
# same null given by --values or --set still takes it away in both.
#
# Guess: 3 and 4 compute the same values from the same chart; the release notes speak of flags and of server-side apply.
#
# Seen, of the subchart's {"keep":1,"limits":{"cpu":"1"}}:
#   v3.22: by the parent's values.yaml {"global":{},"keep":1}, by --values {"global":{},"keep":1}
#   v4.3: by the parent's values.yaml {"global":{},"keep":1,"limits":{"cpu":"1"}}, by --values {"global":{},"keep":1}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
for wrapper in parent plain; do
  mkdir -p "$folder/$wrapper/charts/sub/templates"
  printf '%s\n' 'apiVersion: v2' "name: $wrapper" 'version: 1.0.0' >"$folder/$wrapper/Chart.yaml"
  printf '%s\n' 'apiVersion: v2' 'name: sub' 'version: 1.0.0' >"$folder/$wrapper/charts/sub/Chart.yaml"
  printf '%s\n' 'keep: 1' 'limits: {cpu: "1"}' >"$folder/$wrapper/charts/sub/values.yaml"
  printf '%s\n' 'values: {{ toJson .Values }}' >"$folder/$wrapper/charts/sub/templates/values.yaml"
done
printf '%s\n' 'sub: {limits: null}' | tee "$folder/parent/values.yaml" >"$folder/null.yaml"

declare -A byParent byFile
for bin in bin-3 bin; do
  helm=$folder/$bin/helm
  values() { "$helm" template app "$@" | sed -n 's/^values: //p'; }
  byParent[$bin]=$(values "$folder/parent")
  byFile[$bin]=$(values "$folder/plain" --values "$folder/null.yaml")
  echo "$("$helm" version --template '{{ .Version }}'): by the parent's values.yaml ${byParent[$bin]}, by --values ${byFile[$bin]}"
done
gone='{"global":{},"keep":1}' there='{"global":{},"keep":1,"limits":{"cpu":"1"}}'
if [ "${byParent[bin-3]}" != "$gone" ] || [ "${byFile[bin-3]}" != "$gone" ] || [ "${byFile[bin]}" != "$gone" ] || [ "${byParent[bin]}" != "$there" ]; then
  echo "changed: only 4, and only for the parent's values.yaml, was to keep the limits" >&2
  exit 1
fi
