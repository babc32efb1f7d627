#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart decodes a text that came as base64: {{ .Values.password | b64dec }}. Where that is base64 without the "=" at its end, as tokens, keys
# in JSON and many tools write it, the result is the error's own text: the rendered Secret holds "illegal base64 data at input byte 8". Rendering
# goes on, lint --strict says nothing, and the text is as long and as printable as a password.
#
# Guess: decoding fails, and so does rendering; or the "=" isn't needed.
#
# Seen, the same with both:
#   c2VjcmV0MQ==: secret1
#   c2VjcmV0MQ:   illegal base64 data at input byte 8
#   lint --strict: exit code 0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
build_helm "$folder" 3
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' 'icon: https://example.com/app.png' >"$folder/app/Chart.yaml"
printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata: {name: app}' 'stringData:' \
  '  password: {{ .Values.password | b64dec | quote }}' >"$folder/app/templates/secret.yaml"

for bin in bin-3 bin; do
  helm=$folder/$bin/helm
  decoded() { "$helm" template app "$folder/app" --set-string "password=$1" | sed -n 's/^  password: "\(.*\)"$/\1/p'; }
  with=$(decoded c2VjcmV0MQ==)
  without=$(decoded c2VjcmV0MQ)
  lint=0
  "$helm" lint --strict --set-string password=c2VjcmV0MQ "$folder/app" >/dev/null 2>&1 || lint=$?
  echo "$("$helm" version --template '{{ .Version }}'), c2VjcmV0MQ==: $with"
  echo "$("$helm" version --template '{{ .Version }}'), c2VjcmV0MQ: $without; lint --strict: exit code $lint"
  if [ "$with|$lint" != 'secret1|0' ] || [[ "$without" != 'illegal base64 data at input byte '* ]]; then
    echo 'changed: the text of the error was to be the value, without a failure' >&2
    exit 1
  fi
done
