#!/usr/bin/env bash
# Software: apimachinery 0.37.2 (Go module; kubectl and the API server of Kubernetes 1.37 read selectors with it).
#
# Behaviour: a script puts a selector together, "tier in (web,)" with a comma too many, or "tier in ()" for an empty list. Neither is refused: the first takes
# objects whose tier is the empty text beside those of web, the second takes those with the empty text and no others. A comma too many
# outside of parentheses, "tier=web,", is an error.
#
# Guess: both are errors, as the comma at the end is; or the comma is ignored, and an empty list takes nothing.
#
# Seen, what is taken of objects with tier=web, with tier= and without tier:
#   tier in (web): web true, empty false, without false, written back tier in (web)
#   tier in (web,): web true, empty true, without false, written back tier in (,web)
#   tier in (): web false, empty true, without false, written back tier in ()
#   tier=web,: error
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/labels"
)

func main() {
	for _, text := range []string{"tier in (web)", "tier in (web,)", "tier in ()", "tier=web,"} {
		selector, err := labels.Parse(text)
		if err != nil {
			fmt.Printf("%s: error\n", text)
			continue
		}
		web := selector.Matches(labels.Set{"tier": "web"})
		empty := selector.Matches(labels.Set{"tier": ""})
		none := selector.Matches(labels.Set{})
		fmt.Printf("%s: web %t, empty %t, without %t, written back %s\n", text, web, empty, none, selector)
	}
}
GO
go mod init selectors 2>/dev/null
go get k8s.io/apimachinery/pkg/labels@v0.37.2 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'tier in (web): web true, empty false, without false, written back tier in (web)
tier in (web,): web true, empty true, without false, written back tier in (,web)
tier in (): web false, empty true, without false, written back tier in ()
tier=web,: error' ]; then
  echo 'changed: a comma and an empty list in parentheses were to select the empty label' >&2
  exit 1
fi
