#!/usr/bin/env bash
# Software: distribution/reference 0.6.0 (Go module; Docker, containerd and the kubelet read the names of images with it).
#
# Behaviour: "team/app:1" is an image of Docker Hub. With a capital letter in what stands before the first slash, "Team/app:1", it is one of the registry at the host
# "Team": a name in which only a host may have capitals is that of a host. After the slash a capital is what one is told of, "repository name must be
# lowercase". So a name that is spelt like the team at GitHub ends in a look-up of a host that isn't there.
#
# Guess: the same error for a capital in either place.
#
# Seen, the registry and the repository:
#   team/app:1: docker.io team/app
#   Team/app:1: Team app
#   Team/group/app:1: Team group/app
#   team/App:1: must be lowercase
#   App:1: must be lowercase
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
)

func main() {
	for _, text := range []string{"team/app:1", "Team/app:1", "Team/group/app:1", "team/App:1", "App:1"} {
		named, err := reference.ParseNormalizedNamed(text)
		switch {
		case err == nil:
			fmt.Printf("%s: %s %s\n", text, reference.Domain(named), reference.Path(named))
		case strings.Contains(err.Error(), "must be lowercase"):
			fmt.Printf("%s: must be lowercase\n", text)
		default:
			fmt.Printf("%s: %v\n", text, err)
		}
	}
}
GO
go mod init named 2>/dev/null
go get github.com/distribution/reference@v0.6.0 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'team/app:1: docker.io team/app
Team/app:1: Team app
Team/group/app:1: Team group/app
team/App:1: must be lowercase
App:1: must be lowercase' ]; then
  echo 'changed: a capital before the first slash was to make a host of it, and one behind it an error' >&2
  exit 1
fi
