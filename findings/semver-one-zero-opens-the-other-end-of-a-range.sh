#!/usr/bin/env bash
# Software: Masterminds/semver 3.3.0 and 3.5.0 (Go modules, those of Helm 3.18.5 and of Helm 3.22.0 and 4.3.1).
#
# Behaviour: charts say kubeVersion ">=1.25.0-0 <1.32.0", with -0 because managed clusters call their releases 1.31.4-gke.1, which is a prerelease by its form. To
# 3.3.0 each end of a range answers for itself: "<1.32.0" has no -0 and refuses 1.31.4-gke.1. To 3.5.0 one -0 in a range lets prereleases through at the
# other end too: 1.31.4-gke.1 is taken, and so is 1.32.0-gke.1, the release that the range was to leave out. By "||" it
# doesn't carry over. The same chart and cluster are refused by one Helm 3 and taken by another.
#
# Guess: each comparison answers for itself; both refuse 1.31.4-gke.1.
#
# Seen:
#   >=1.25.0-0 <1.32.0 and 1.31.4-gke.1: 3.3.0 refused, 3.5.0 taken
#   >=1.25.0-0 <1.32.0 and 1.32.0-gke.1: 3.3.0 refused, 3.5.0 taken
#   >=1.25.0-0 <1.32.0 and 1.32.0: 3.3.0 refused, 3.5.0 refused
#   >=1.25.0-0 <1.32.0-0 and 1.31.4-gke.1: 3.3.0 taken, 3.5.0 taken
#   >=1.40.0-0 || <1.32.0 and 1.31.4-gke.1: 3.3.0 refused, 3.5.0 refused
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 3.3.0 3.5.0; do
  mkdir "$version"
  cat >"$version/main.go" <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/Masterminds/semver/v3"
)

func main() {
	constraint, err := semver.NewConstraint(os.Args[1])
	if err != nil {
		panic(err)
	}
	if constraint.Check(semver.MustParse(os.Args[2])) {
		fmt.Print("taken")
	} else {
		fmt.Print("refused")
	}
}
GO
  (
    cd "$version"
    go mod init range 2>/dev/null
    go get "github.com/Masterminds/semver/v3@v$version" 2>/dev/null
    go build -o range .
  )
done

seen() { echo "$1 and $2: 3.3.0 $(3.3.0/range "$1" "$2"), 3.5.0 $(3.5.0/range "$1" "$2")"; }
all=$(
  seen '>=1.25.0-0 <1.32.0' 1.31.4-gke.1
  seen '>=1.25.0-0 <1.32.0' 1.32.0-gke.1
  seen '>=1.25.0-0 <1.32.0' 1.32.0
  seen '>=1.25.0-0 <1.32.0-0' 1.31.4-gke.1
  seen '>=1.40.0-0 || <1.32.0' 1.31.4-gke.1
)
echo "$all"
if [ "$all" != '>=1.25.0-0 <1.32.0 and 1.31.4-gke.1: 3.3.0 refused, 3.5.0 taken
>=1.25.0-0 <1.32.0 and 1.32.0-gke.1: 3.3.0 refused, 3.5.0 taken
>=1.25.0-0 <1.32.0 and 1.32.0: 3.3.0 refused, 3.5.0 refused
>=1.25.0-0 <1.32.0-0 and 1.31.4-gke.1: 3.3.0 taken, 3.5.0 taken
>=1.40.0-0 || <1.32.0 and 1.31.4-gke.1: 3.3.0 refused, 3.5.0 refused' ]; then
  echo 'changed: one -0 was to let prereleases through at the other end of the range, in 3.5.0 alone' >&2
  exit 1
fi
