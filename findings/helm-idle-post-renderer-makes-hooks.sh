#!/usr/bin/env bash
# Software: Helm 4.3.1 (Go module helm.sh/helm/v4).
#
# Behaviour: a template renders a `kind: List`, as a loop over a shared piece of text often does, and one of its items has the annotation of a hook. Helm looks at the List's own
# annotations, so the item is an object of the release like the other, and comes and goes with it. With a post-renderer that hands back what it was
# handed, cat, it is a hook: run before the install, not in the release's manifest, left behind by uninstall. Helm 4 parses what goes to a post-renderer and
# what comes from it with the library of kustomize, which takes a List apart on the way.
#
# Guess: a post-renderer that changes nothing changes nothing.
#
# Seen, of the kinds and names that `helm template --no-hooks` has, that is of the release's manifest:
#   without a post-renderer: List (first second)
#   with cat: ConfigMap (second)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/helm.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HELM_CONFIG_HOME="$folder/config" HELM_CACHE_HOME="$folder/cache" HELM_DATA_HOME="$folder/data" HELM_PLUGINS="$folder/plugins"

build_helm "$folder"
mkdir -p "$folder/plugins/idle" "$folder/app/templates"
cat >"$folder/plugins/idle/plugin.yaml" <<'YAML'
apiVersion: v1
type: postrenderer/v1
name: idle
version: 1.0.0
runtime: subprocess
runtimeConfig:
  platformCommand:
    - command: cat
YAML
printf '%s\n' 'apiVersion: v2' 'name: app' 'version: 1.0.0' >"$folder/app/Chart.yaml"
cat >"$folder/app/templates/list.yaml" <<'YAML'
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: first
      annotations: {helm.sh/hook: pre-install}
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: second
YAML

# manifest [ARGUMENT…]: the kinds of documents and the names in them.
manifest() {
  "$folder/bin/helm" template app "$folder/app" --no-hooks "$@" >"$folder/manifest"
  echo "$(sed -n 's/^kind: //p' "$folder/manifest" | xargs) ($(sed -n 's/^ *name: //p' "$folder/manifest" | xargs))"
}
without=$(manifest)
with=$(manifest --post-renderer idle)
printf '%s\n' "without a post-renderer: $without" "with cat: $with"
if [ "$without" != 'List (first second)' ] || [ "$with" != 'ConfigMap (second)' ]; then
  echo 'changed: cat was to make a hook of an item of a List' >&2
  exit 1
fi
