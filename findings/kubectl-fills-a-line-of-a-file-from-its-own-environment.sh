#!/usr/bin/env bash
# Software: kubectl 0.37.2 and kustomize's api 0.21.1 (Go modules; both as in kubectl of Kubernetes 1.37).
#
# Behaviour: a file for `kubectl create secret --from-env-file` has a line that is a name alone, with no "=". Its value is that of the variable of this name where kubectl
# runs: TOKEN in the Secret is the pipeline's TOKEN. If there is none it is the empty text, and neither is said. The same file as `envs` of a generator in a
# kustomization, with the same kubectl, gives the empty text whatever the environment has.
#
# Guess: an error; or the empty text, in both.
#
# Seen, with TOKEN=outside in the environment, for the lines NAME=given, TOKEN and NOWHERE:
#   kubectl: NAME="given" TOKEN="outside" NOWHERE=""
#   kustomize: NAME="given" TOKEN="" NOWHERE=""
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' 'NAME=given' 'TOKEN' 'NOWHERE' >file.env
cat >kustomization.yaml <<'YAML'
secretGenerator:
  - name: made
    envs: [file.env]
YAML
mkdir go
cat >go/main.go <<'GO'
package main

import (
	"encoding/base64"
	"fmt"

	"k8s.io/kubectl/pkg/cmd/util"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func main() {
	fmt.Print("kubectl:")
	err := util.AddFromEnvFile("file.env", func(key, value string) error {
		fmt.Printf(" %s=%q", key, value)
		return nil
	})
	if err != nil {
		panic(err)
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), ".")
	if err != nil {
		panic(err)
	}
	data := built.Resources()[0].GetDataMap()
	fmt.Print("\nkustomize:")
	for _, key := range []string{"NAME", "TOKEN", "NOWHERE"} {
		value, err := base64.StdEncoding.DecodeString(data[key])
		if err != nil {
			panic(err)
		}
		fmt.Printf(" %s=%q", key, value)
	}
	fmt.Println()
}
GO
(
  cd go
  go mod init made 2>/dev/null
  go get k8s.io/kubectl@v0.37.2 sigs.k8s.io/kustomize/api@v0.21.1 sigs.k8s.io/kustomize/kyaml@v0.21.1 2>/dev/null
  go mod tidy 2>/dev/null
  go build -o ../made .
)
seen=$(env -u NOWHERE TOKEN=outside ./made)
echo "$seen"
if [ "$seen" != 'kubectl: NAME="given" TOKEN="outside" NOWHERE=""
kustomize: NAME="given" TOKEN="" NOWHERE=""' ]; then
  echo 'changed: a name alone was to be filled from the environment by kubectl, and not by kustomize' >&2
  exit 1
fi
