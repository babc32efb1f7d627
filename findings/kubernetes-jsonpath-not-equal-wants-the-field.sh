#!/usr/bin/env bash
# Software: client-go and apimachinery 0.37.2 (Go modules; kubectl's -o jsonpath and -l are made of them).
#
# Behaviour: a script lists what isn't labelled app=web. By selector, -l app!=web, that is what has another app and what has none. By JSONPath,
# {.items[?(@.metadata.labels.app!="web")].metadata.name}, it is what has another app alone: an object without the label, or without labels, equals nothing and
# differs from nothing. So whoever looks for what isn't "Running", isn't "restricted", doesn't find those of which nothing is said.
#
# Guess: != is the contrary of == and takes the rest, as the selector does.
#
# Seen, of web (app=web), other (app=other), labelled (tier=web) and bare (no labels):
#   selector app=web: web
#   selector app!=web: other labelled bare
#   jsonpath =="web": web
#   jsonpath !="web": other
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/util/jsonpath"
)

const text = `{"items":[{"metadata":{"name":"web","labels":{"app":"web"}}},{"metadata":{"name":"other","labels":{"app":"other"}}},
{"metadata":{"name":"labelled","labels":{"tier":"web"}}},{"metadata":{"name":"bare"}}]}`

func main() {
	var list metav1.PartialObjectMetadataList
	var plain any
	for _, into := range []any{&list, &plain} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			panic(err)
		}
	}
	for _, operator := range []string{"=", "!="} {
		selector, err := labels.Parse("app" + operator + "web")
		if err != nil {
			panic(err)
		}
		fmt.Printf("selector app%sweb:", operator)
		for _, item := range list.Items {
			if selector.Matches(labels.Set(item.Labels)) {
				fmt.Print(" ", item.Name)
			}
		}
		fmt.Println()
	}
	for _, operator := range []string{"==", "!="} {
		path := jsonpath.New("names").AllowMissingKeys(true)
		if err := path.Parse(`{.items[?(@.metadata.labels.app` + operator + `"web")].metadata.name}`); err != nil {
			panic(err)
		}
		var names bytes.Buffer
		if err := path.Execute(&names, plain); err != nil {
			panic(err)
		}
		fmt.Printf("jsonpath %s\"web\": %s\n", operator, names.String())
	}
}
GO
go mod init names 2>/dev/null
go get k8s.io/apimachinery/pkg/labels@v0.37.2 k8s.io/apimachinery/pkg/apis/meta/v1@v0.37.2 k8s.io/client-go/util/jsonpath@v0.37.2 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'selector app=web: web
selector app!=web: other labelled bare
jsonpath =="web": web
jsonpath !="web": other' ]; then
  echo 'changed: != of a JSONPath was to leave out what has no such field, and != of a selector to take it' >&2
  exit 1
fi
