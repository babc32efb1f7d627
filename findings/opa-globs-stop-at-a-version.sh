#!/usr/bin/env bash
# Software: Open Policy Agent 1.22.4 (Go module github.com/open-policy-agent/opa).
#
# Behaviour: a policy lists the images that may run: glob.match("registry/*", [], image). The list is that of the delimiters, which * doesn't cross. An
# empty one doesn't mean none but ["."], since the function was made for host names (its documentation says so; none is null). So
# registry/app:latest may run and registry/app:1.20 may not: the dot of its version stops the *.
#
# Guess: without delimiters * matches anything.
#
# Seen, for [] and null:
#   registry/app:latest: true true
#   registry/app:1.20:   false true
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/opa.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build_opa "$folder"

while IFS='|' read -r image expected; do
  seen="$(evaluate "$folder" "glob.match(\"registry/*\", [], \"$image\")") $(evaluate "$folder" "glob.match(\"registry/*\", null, \"$image\")")"
  echo "$image: $seen"
  if [ "$seen" != "$expected" ]; then
    echo "changed: $expected was seen for $image" >&2
    exit 1
  fi
done <<'CASES'
registry/app:latest|true true
registry/app:1.20|false true
CASES
