#!/usr/bin/env bash
# Software: apiserver and api 0.37.2 (Go modules; the API server of Kubernetes 1.37 evaluates ValidatingAdmissionPolicy with them), cel-go 0.29.2.
#
# Behaviour: a policy asks every container of a Pod for its resources, object.spec.containers.all(c, has(c.resources)). It is true for a container that has none. The
# object is made CEL's from the type of the API server, where resources is a struct that is always written, as {}. For fields beside it
# has() does what it says: securityContext isn't there if it isn't written. has(object.status) is true of a Pod that is only being made.
#
# Guess: has() tells what the manifest has.
#
# Seen, for a Pod of a name and an image:
#   object.spec.containers.all(c, has(c.resources)): true
#   object.spec.containers.all(c, has(c.resources.limits)): false
#   object.spec.containers.all(c, has(c.securityContext)): false
#   has(object.status): true
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/google/cel-go/cel"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	plugin "k8s.io/apiserver/pkg/admission/plugin/cel"
	apiservercel "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type expression string

func (e expression) GetExpression() string    { return string(e) }
func (e expression) ReturnTypes() []*cel.Type { return []*cel.Type{cel.BoolType} }

func main() {
	pod := &corev1.Pod{}
	pod.Name = "bare"
	pod.Spec.Containers = []corev1.Container{{Name: "app", Image: "app:1"}}
	kind := schema.GroupVersionKind{Version: "v1", Kind: "Pod"}
	pods := schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	attributes := &admission.VersionedAttributes{
		Attributes:      admission.NewAttributesRecord(pod, nil, kind, "default", pod.Name, pods, "", admission.Create, nil, false, nil),
		VersionedKind:   kind,
		VersionedObject: admission.NewLazyObject(pod),
	}
	compiler := plugin.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	for _, text := range []string{
		"object.spec.containers.all(c, has(c.resources))",
		"object.spec.containers.all(c, has(c.resources.limits))",
		"object.spec.containers.all(c, has(c.securityContext))",
		"has(object.status)",
	} {
		condition := compiler.CompileCondition([]plugin.ExpressionAccessor{expression(text)}, plugin.OptionalVariableDeclarations{}, environment.NewExpressions)
		results, _, err := condition.ForInput(context.Background(), attributes, &admissionv1.AdmissionRequest{}, plugin.OptionalVariableBindings{}, nil, apiservercel.RuntimeCELCostBudget)
		if err != nil {
			panic(err)
		}
		if results[0].Error != nil {
			panic(results[0].Error)
		}
		fmt.Printf("%s: %v\n", text, results[0].EvalResult.Value())
	}
}
GO
go mod init policy 2>/dev/null
go get k8s.io/api@v0.37.2 k8s.io/apimachinery@v0.37.2 k8s.io/apiserver@v0.37.2 github.com/google/cel-go@v0.29.2 2>/dev/null
go mod tidy 2>/dev/null
seen=$(go run .)
echo "$seen"
if [ "$seen" != 'object.spec.containers.all(c, has(c.resources)): true
object.spec.containers.all(c, has(c.resources.limits)): false
object.spec.containers.all(c, has(c.securityContext)): false
has(object.status): true' ]; then
  echo 'changed: has() was to find the resources of a container that has none' >&2
  exit 1
fi
