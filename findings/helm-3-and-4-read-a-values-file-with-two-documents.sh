#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4).
#
# Behaviour: a values file that two tools were joined into has a line --- in the middle. Helm 3 takes what stands above that line and
# says nothing of the rest. Helm 4 merges all the documents, the later one over the earlier. After the move to 4 values come into force
# that were written long ago and never had an effect.
#
# Guess: both merge, or both refuse the file.
#
# Seen, of replicas: 1, ---, replicas: 5 and debug: true:
#   v3.22: {"replicas":1}
#   v4.3: {"debug":true,"replicas":5}
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
printf '%s\n' 'values: {{ toJson .Values }}' >"$folder/app/templates/values.yaml"
printf '%s\n' 'replicas: 1' '---' 'replicas: 5' 'debug: true' >"$folder/values.yaml"

declare -A seen
for bin in bin-3 bin; do
  helm=$folder/$bin/helm
  seen[$bin]=$("$helm" template app "$folder/app" --values "$folder/values.yaml" 2>&1 | sed -n 's/^values: //p')
  echo "$("$helm" version --template '{{ .Version }}'): ${seen[$bin]}"
done
if [ "${seen[bin-3]}" != '{"replicas":1}' ] || [ "${seen[bin]}" != '{"debug":true,"replicas":5}' ]; then
  echo 'changed: 3 was to read the first document, 4 all of them' >&2
  exit 1
fi
