#!/usr/bin/env bash
# Software: Helm 3.22.0 and 4.3.1 (Go modules helm.sh/helm/v3 and v4), with the sprig functions in them.
#
# Behaviour: a chart refuses names that end in "-test" by a pattern with a lookahead, which JavaScript, Python, Java and the editors that it was tried in
# know, and Go doesn't. regexFind and mustRegexMatch fail with the place. regexMatch is false, for every text: "{{ if not (regexMatch ...) }}{{ fail }}" refuses all
# names, "{{ if regexMatch ... }}{{ fail }}" none, and the pattern is never named.
#
# Guess: a pattern that can't be compiled is an error wherever it is used.
#
# Seen, the same with both, for (?!.*-test$)[a-z-]+ and the name "app":
#   regexMatch: false
#   mustRegexMatch: error
#   regexFind: error
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

for bin in bin-3 bin; do
  helm=$folder/$bin/helm
  seen=
  for function in regexMatch mustRegexMatch regexFind; do
    printf '%s\n' "seen: {{ $function \"(?!.*-test\$)[a-z-]+\" \"app\" }}" >"$folder/app/templates/seen.yaml"
    what=$("$helm" template app "$folder/app" 2>/dev/null | sed -n 's/^seen: //p') || what=error
    echo "$("$helm" version --template '{{ .Version }}'), $function: $what"
    seen="$seen$function $what;"
  done
  if [ "$seen" != 'regexMatch false;mustRegexMatch error;regexFind error;' ]; then
    echo 'changed: only regexMatch was to say false to a pattern that it cannot read' >&2
    exit 1
  fi
done
