#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart makes a number of an hour, a month or a count that values give as text: {{ int .Values.hour }}. "07" is 7, and "08" and "09" are 0, without
# an error: a zero in front means octal, eight and nine are no octal digits, and what isn't a number is 0. "010" is 8, "1.9" and "1e3" are 0. A
# backup that is to run at 09 runs at midnight. atoi, which is said to do the same, reads "09" as 9.
#
# Guess: "09" is 9 as "07" is 7; what can't be read is an error.
#
# Seen, the same with both:
#   int:  "07" 7, "08" 0, "09" 0, "10" 10, "010" 8, "1e3" 0
#   atoi: "07" 7, "08" 8, "09" 9, "10" 10, "010" 10, "1e3" 0
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
cat >"$folder/app/templates/seen.yaml" <<'YAML'
{{- $hours := list "07" "08" "09" "10" "010" "1e3" }}
int: {{ range $hours }}{{ int . }} {{ end }}
atoi: {{ range $hours }}{{ atoi . }} {{ end }}
YAML

for bin in bin-3 bin; do
  seen=$("$folder/$bin/helm" template app "$folder/app" | sed -n 's/ *$//; s/^\(int\|atoi\): /\1 /p' | paste -sd'|')
  echo "$("$folder/$bin/helm" version --template '{{ .Version }}'): $seen"
  if [ "$seen" != 'int 7 0 0 10 8 0|atoi 7 8 9 10 10 0' ]; then
    echo 'changed: int was to make 0 of "08" and "09", and atoi 8 and 9' >&2
    exit 1
  fi
done
