#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4).
#
# Behaviour: .helmignore looks like .gitignore, but a line with ! makes no exception from the lines above it: it ignores everything that
# it doesn't name. "*.md" with "!README.md" below ignores Chart.yaml as well, so that the chart can't be read, and so
# does "!README.md" all alone, which changes nothing for git.
#
# Guess: *.md, !README.md leaves out every .md but README.md, as in .gitignore; !README.md alone changes nothing.
#
# Seen:
#   (no lines):        NOTES.md README.md
#   *.md:              (none)
#   *.md !README.md:   Error: Chart.yaml file is missing
#   !README.md:        Error: Chart.yaml file is missing
#   git, *.md !README.md ignores: NOTES.md
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data"

build_helm "$folder"
mkdir -p "$folder/app/templates"
cd "$folder/app"
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >Chart.yaml
printf '%s\n' 'files: "{{ range $name, $_ := .Files }}{{ if ne $name ".helmignore" }}{{ $name }} {{ end }}{{ end }}"' >templates/files.yaml
touch NOTES.md README.md

# files LINE…: what of the chart's files is there for its templates, or the error.
files() {
  printf '%s\n' "$@" >.helmignore
  ("$folder/bin/helm" template app . 2>&1 || true) | sed -n 's/^files: "\(.*\)"$/\1/p; /^Error/p' | sed 's/ $//; s/^$/(none)/'
}
missing='Error: Chart.yaml file is missing'
none=$(files '') plain=$(files '*.md') exception=$(files '*.md' '!README.md') alone=$(files '!README.md')
printf '%-18s %s\n' '(no lines):' "$none" '*.md:' "$plain" '*.md !README.md:' "$exception" '!README.md:' "$alone"
git init -q .
printf '%s\n' '*.md' '!README.md' >.gitignore
ignored=$(git ls-files --others --ignored --exclude-standard)
echo "git, *.md !README.md ignores: $ignored"
if [ "$none" != 'NOTES.md README.md' ] || [ "$plain" != '(none)' ] || [ "$exception" != "$missing" ] || [ "$alone" != "$missing" ] || [ "$ignored" != NOTES.md ]; then
  echo 'changed: the line with ! was to ignore Chart.yaml' >&2
  exit 1
fi
