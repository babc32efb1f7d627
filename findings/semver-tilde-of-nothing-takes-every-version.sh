#!/usr/bin/env bash
# Software: Masterminds/semver 3.5.0 (Go module, the one that Helm 3.22.0 and 4.3.1 are built with), semver 7.8.6 (npm).
#
# Behaviour: a chart that isn't released yet bears 0.0.0, and another takes it in with version "~0.0.0": patches of it and nothing else. Once 0.1.0 and 7.1.0 are
# in the repository those are taken, since "~0.0.0" is a case of its own in the Go library and means any version. "~0.0.1", "~0.0", "~0.1.0" and
# "^0.0.0" mean what they mean to npm.
#
# Guess: ~0.0.0 is to 0.0.0 what ~1.0.0 is to 1.0.0; it takes 0.0.5 and not 0.1.0.
#
# Seen, which of 0.0.5, 0.1.0, 7.1.0 are taken:
#   ~0.0.0: Go 0.0.5 0.1.0 7.1.0 | npm 0.0.5
#   ~0.0.1: Go 0.0.5 | npm 0.0.5
#   ~0.0: Go 0.0.5 | npm 0.0.5
#   ~0.1.0: Go 0.1.0 | npm 0.1.0
#   ^0.0.0: Go none | npm none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts semver@7.8.6 >/dev/null
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/Masterminds/semver/v3"
)

func main() {
	constraint, err := semver.NewConstraint(os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, version := range os.Args[2:] {
		if constraint.Check(semver.MustParse(version)) {
			fmt.Print(version, " ")
		}
	}
}
GO
go mod init taken 2>/dev/null
go get github.com/Masterminds/semver/v3@v3.5.0 2>/dev/null
go build -o taken .
cat >taken.cjs <<'JS'
const { satisfies } = require('semver');
const [range, ...versions] = process.argv.slice(2);
for (const version of versions) if (satisfies(version, range)) process.stdout.write(`${version} `);
JS

seen() {
  local by_go by_npm
  by_go=$(./taken "$1" 0.0.5 0.1.0 7.1.0 | xargs)
  by_npm=$(node taken.cjs "$1" 0.0.5 0.1.0 7.1.0 | xargs)
  echo "$1: Go ${by_go:-none} | npm ${by_npm:-none}"
}
all=$(seen '~0.0.0' && seen '~0.0.1' && seen '~0.0' && seen '~0.1.0' && seen '^0.0.0')
echo "$all"
if [ "$all" != '~0.0.0: Go 0.0.5 0.1.0 7.1.0 | npm 0.0.5
~0.0.1: Go 0.0.5 | npm 0.0.5
~0.0: Go 0.0.5 | npm 0.0.5
~0.1.0: Go 0.1.0 | npm 0.1.0
^0.0.0: Go none | npm none' ]; then
  echo 'changed: ~0.0.0 was to take every version, in Go alone' >&2
  exit 1
fi
