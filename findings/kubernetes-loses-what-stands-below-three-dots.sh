#!/usr/bin/env bash
# Software: apimachinery 0.37.2 (Go module; kubectl splits what it reads with it), PyYAML 6.0.4 (PyPI), yaml 2.9.1 (npm).
#
# Behaviour: a manifest ends with YAML's "...", as many tools that write YAML end theirs, and the next is appended to it. A document that follows "..." needs no
# "---" since YAML 1.2. kubectl splits at "---" alone and reads the first document of each piece: the second object isn't there, without an error, and the
# apply succeeds with one object for two. PyYAML refuses the file, JavaScript's yaml has both documents.
#
# Guess: two documents, or an error.
#
# Seen:
#   a ... b:     kubectl's reader {"name":"a"}, PyYAML error, yaml {"name":"a"} {"name":"b"}
#   a ... --- b: kubectl's reader {"name":"a"} {"name":"b"}, PyYAML {"name":"a"} {"name":"b"}, yaml {"name":"a"} {"name":"b"}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund --ignore-scripts yaml@2.9.1 >/dev/null
python3 -m venv python
python/bin/pip install -q pyyaml==6.0.4
mkdir go
cat >go/main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/util/yaml"
)

func main() {
	documents := yaml.NewYAMLOrJSONDecoder(os.Stdin, 4096)
	for {
		var document any
		err := documents.Decode(&document)
		if err == io.EOF {
			return
		}
		if err != nil {
			fmt.Println("error")
			return
		}
		text, _ := json.Marshal(document)
		fmt.Println(string(text))
	}
}
GO
(
  cd go
  go mod init read 2>/dev/null
  go get k8s.io/apimachinery/pkg/util/yaml@v0.37.2 2>/dev/null
  go build -o ../read .
)
cat >read.py <<'PY'
import json
import sys
import yaml
try:
    for document in list(yaml.safe_load_all(sys.stdin)):
        print(json.dumps(document, separators=(",", ":")))
except yaml.YAMLError:
    print("error")
PY
cat >read.cjs <<'JS'
const { parseAllDocuments } = require('yaml');
for (const document of parseAllDocuments(require('node:fs').readFileSync(0, 'utf8'))) {
  console.log(document.errors.length > 0 ? 'error' : JSON.stringify(document.toJS()));
}
JS

seen() {
  local kubectl python javascript
  kubectl=$(printf '%s\n' "$@" | ./read | paste -sd' ')
  python=$(printf '%s\n' "$@" | python/bin/python read.py | paste -sd' ')
  javascript=$(printf '%s\n' "$@" | node read.cjs | paste -sd' ')
  echo "kubectl's reader $kubectl, PyYAML $python, yaml $javascript"
}
bare=$(seen 'name: a' '...' 'name: b')
marked=$(seen 'name: a' '...' '---' 'name: b')
echo "a ... b: $bare"
echo "a ... --- b: $marked"
a='{"name":"a"}' both='{"name":"a"} {"name":"b"}'
if [ "$bare" != "kubectl's reader $a, PyYAML error, yaml $both" ] || [ "$marked" != "kubectl's reader $both, PyYAML $both, yaml $both" ]; then
  echo "changed: kubectl's reader was to lose the second document without ---, and no other" >&2
  exit 1
fi
