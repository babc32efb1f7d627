#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart prints a moment that its values give in Unix seconds: {{ date "2006-01-02" .Values.expires }}. By --set it is that day. From a
# values file the same number prints today's date, a new one with every upgrade, without an error: numbers of a values file are floats,
# date knows only integers, and what it doesn't know is now. A day written as a text is today as well, and so is a value that isn't there.
#
# Guess: the day of that second, wherever the number comes from; a text that is no number of seconds is an error.
#
# Seen, the same with both, the day of the run for "today":
#   --set expires=1798761600:  2027-01-01
#   values file, 1798761600:   today
#   values file, "2027-01-01": today
#   not given:                 today
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data" TZ=UTC

build_helm "$folder"
build_helm "$folder" 3
mkdir -p "$folder/app/templates"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
echo 'seen: {{ date "2006-01-02" .Values.expires }}' >"$folder/app/templates/seen.yaml"
echo 'expires: 1798761600' >"$folder/number.yaml"
echo 'expires: "2027-01-01"' >"$folder/text.yaml"

# seen HELM ARGUMENTS: the day, or "today" for the day of the run. Around midnight either day is today's.
seen() {
  local helm=$1 before day after
  shift
  before=$(date +%F)
  day=$("$helm" template app "$folder/app" "$@" | sed -n 's/^seen: //p')
  after=$(date +%F)
  if [ "$day" = "$before" ] || [ "$day" = "$after" ]; then echo today; else echo "$day"; fi
}

for helm in "$folder/bin-3/helm" "$folder/bin/helm"; do
  all="$(seen "$helm" --set expires=1798761600), $(seen "$helm" -f "$folder/number.yaml"), $(seen "$helm" -f "$folder/text.yaml"), $(seen "$helm")"
  echo "$("$helm" version --short): --set, number in a file, text in a file, none: $all"
  if [ "$all" != '2027-01-01, today, today, today' ]; then
    echo 'changed: only the number of --set was to be its own day' >&2
    exit 1
  fi
done
