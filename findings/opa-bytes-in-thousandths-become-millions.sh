#!/usr/bin/env bash
# Software: Open Policy Agent 1.22.4 (Go module github.com/open-policy-agent/opa), apimachinery 0.37.2 (Go module; what Kubernetes reads a quantity with).
#
# Behaviour: a policy bounds the memory of a container with units.parse_bytes. Of the spellings of one amount in the documentation of Kubernetes, 128974848,
# 129e6, 129M, 123Mi and 128974848000m, it reads the last as a milliard times what it is: to parse_bytes a "m" is a million, to Kubernetes a thousandth. Such quantities are
# what autoscalers and tools that calculate write. units.parse, of the same documentation page, reads the "m" as Kubernetes does.
#
# Guess: undefined, since there is no thousandth of a byte; or what Kubernetes makes of it.
#
# Seen:
#   123Mi:         parse_bytes 128974848, parse 128974848, Kubernetes 128974848
#   129M:          parse_bytes 129000000, parse 129000000, Kubernetes 129000000
#   129e6:         parse_bytes 129000000, parse 129000000, Kubernetes 129000000
#   128974848000m: parse_bytes 128974848000000000, parse 128974848, Kubernetes 128974848
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/opa.bash"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build_opa "$folder"
mkdir "$folder/quantity"
cat >"$folder/quantity/main.go" <<'GO'
package main

import (
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/api/resource"
)

func main() {
	quantity := resource.MustParse(os.Args[1])
	fmt.Println(quantity.Value())
}
GO
(
  cd "$folder/quantity"
  go mod init quantity 2>/dev/null
  go get k8s.io/apimachinery/pkg/api/resource@v0.37.2 2>/dev/null
  go build -o value .
)

while IFS='|' read -r text bytes plain kubernetes; do
  seen="$(evaluate "$folder" "units.parse_bytes(\"$text\")")|$(evaluate "$folder" "units.parse(\"$text\")")|$("$folder/quantity/value" "$text")"
  echo "$text: $seen"
  if [ "$seen" != "$bytes|$plain|$kubernetes" ]; then
    echo "changed: $bytes|$plain|$kubernetes was seen for $text" >&2
    exit 1
  fi
done <<'CASES'
123Mi|128974848|128974848|128974848
129M|129000000|129000000|129000000
129e6|129000000|129000000|129000000
128974848000m|128974848000000000|128974848|128974848
CASES
