#!/usr/bin/env bash
# Software: apimachinery 0.37.2 (Go module; Kubernetes 1.37 and its clients read quantities with it).
#
# Behaviour: somebody writes a bound that is never to be reached, "10E". It is valid, it is written back as 10E, it is more than 1Gi when compared, and its Value(), by which
# the scheduler reckons memory, is 0. "10Ei", a little more, is what the documentation says of either: capped at 2^63-1. One above that,
# 9223372036854775808, is the most negative number. What is in thousandths, MilliValue(), is 0 from 1E on.
#
# Guess: capped at 2^63-1, "numbers larger will be capped"; or refused.
#
# Seen, written back, Value(), MilliValue(), more than 1Gi:
#   1E: 1E 1000000000000000000 0 true
#   10E: 10E 0 0 true
#   10Ei: 9223372036854775807 9223372036854775807 -1000 true
#   9223372036854775808: 9223372036854775808 -9223372036854775808 0 true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"
)

func main() {
	gibi := resource.MustParse("1Gi")
	for _, text := range []string{"1E", "10E", "10Ei", "9223372036854775808"} {
		quantity, err := resource.ParseQuantity(text)
		if err != nil {
			fmt.Printf("%s: error\n", text)
			continue
		}
		fmt.Printf("%s: %s %d %d %t\n", text, quantity.String(), quantity.Value(), quantity.MilliValue(), quantity.Cmp(gibi) > 0)
	}
}
GO
go mod init exa 2>/dev/null
go get k8s.io/apimachinery/pkg/api/resource@v0.37.2 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != '1E: 1E 1000000000000000000 0 true
10E: 10E 0 0 true
10Ei: 9223372036854775807 9223372036854775807 -1000 true
9223372036854775808: 9223372036854775808 -9223372036854775808 0 true' ]; then
  echo 'changed: the value of 10E was to be 0, and 10Ei to be capped' >&2
  exit 1
fi
