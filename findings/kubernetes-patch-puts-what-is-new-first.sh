#!/usr/bin/env bash
# Software: apimachinery and api 0.37.2 (Go modules; kubectl patch and the API server merge with them).
#
# Behaviour: a strategic merge patch, kubectl patch's own kind, adds a container beside app, or a variable beside BASE. What the patch adds comes first, before what
# was there. The first container is the one that kubectl logs and exec take when none is named, so they are the sidecar's from then on; and a variable
# whose value is $(BASE)/x stands before BASE, and Kubernetes puts in only what stands before it: the container gets the text "$(BASE)/x".
#
# Guess: what is new is appended.
#
# Seen:
#   containers: side app
#   variables of app: PATH_OF_X BASE
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

const before = `{"spec":{"containers":[{"name":"app","env":[{"name":"BASE","value":"/srv"}]}]}}`
const patch = `{"spec":{"containers":[{"name":"side","image":"side:1"},{"name":"app","env":[{"name":"PATH_OF_X","value":"$(BASE)/x"}]}]}}`

func main() {
	after, err := strategicpatch.StrategicMergePatch([]byte(before), []byte(patch), corev1.Pod{})
	if err != nil {
		panic(err)
	}
	var pod corev1.Pod
	if err := json.Unmarshal(after, &pod); err != nil {
		panic(err)
	}
	fmt.Print("containers:")
	for _, container := range pod.Spec.Containers {
		fmt.Print(" ", container.Name)
	}
	fmt.Print("\nvariables of app:")
	for _, container := range pod.Spec.Containers {
		for _, variable := range container.Env {
			fmt.Print(" ", variable.Name)
		}
	}
	fmt.Println()
}
GO
go mod init patch 2>/dev/null
go get k8s.io/api/core/v1@v0.37.2 k8s.io/apimachinery/pkg/util/strategicpatch@v0.37.2 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'containers: side app
variables of app: PATH_OF_X BASE' ]; then
  echo 'changed: what a strategic merge patch adds was to come first' >&2
  exit 1
fi
