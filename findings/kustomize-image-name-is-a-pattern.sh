#!/usr/bin/env bash
# Software: kustomize's api 0.21.1 (Go module; the one in kubectl of Kubernetes 1.37).
#
# Behaviour: a kustomization gives one image its tag, images: [{name: reg.io/team/app.web, newTag: "2"}]. It gives it to reg.io/team/app-web as well: the name is
# put into a regular expression as it is, and its dots stand for any character. It is whole names that are compared: app.web of another registry and what
# only begins with the name keep their tags.
#
# Guess: the image of that name and no other.
#
# Seen:
#   reg.io/team/app.web:1 becomes reg.io/team/app.web:2
#   reg.io/team/app-web:1 becomes reg.io/team/app-web:2
#   reg.io/team/app.web.old:1 becomes reg.io/team/app.web.old:1
#   other.io/team/app.web:1 becomes other.io/team/app.web:1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >kustomization.yaml <<'YAML'
resources: [pod.yaml]
images:
  - name: reg.io/team/app.web
    newTag: "2"
YAML
cat >pod.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: pod
spec:
  containers:
    - { name: one, image: "reg.io/team/app.web:1" }
    - { name: two, image: "reg.io/team/app-web:1" }
    - { name: three, image: "reg.io/team/app.web.old:1" }
    - { name: four, image: "other.io/team/app.web:1" }
YAML
mkdir go
cat >go/main.go <<'GO'
package main

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func main() {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), ".")
	if err != nil {
		panic(err)
	}
	text, err := built.AsYaml()
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
}
GO
(
  cd go
  go mod init build 2>/dev/null
  go get sigs.k8s.io/kustomize/api@v0.21.1 sigs.k8s.io/kustomize/kyaml@v0.21.1 2>/dev/null
  go mod tidy 2>/dev/null
  go build -o ../build .
)
seen=$(./build | sed -n 's/^.* image: //p' | paste -sd' ')
echo "$seen"
if [ "$seen" != 'reg.io/team/app.web:2 reg.io/team/app-web:2 reg.io/team/app.web.old:1 other.io/team/app.web:1' ]; then
  echo 'changed: the dot of an image name was to stand for any character' >&2
  exit 1
fi
