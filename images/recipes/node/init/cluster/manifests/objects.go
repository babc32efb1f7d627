// Package manifests applies YAML to the cluster: the node's own objects, and what a user put into k3s' folder.
package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Objects reads a file of one or many documents; a List counts as what is in it.
func Objects(text []byte) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	var objects []*unstructured.Unstructured
	for number := 1; ; number++ {
		document := map[string]any{}
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		if len(document) == 0 {
			continue
		}
		object := &unstructured.Unstructured{Object: document}
		if object.GetKind() == "" || object.GetAPIVersion() == "" {
			return nil, fmt.Errorf("document %d has no kind or apiVersion", number)
		}
		if !object.IsList() {
			if object.GetName() == "" {
				return nil, fmt.Errorf("document %d (%s) has no name", number, object.GetKind())
			}
			objects = append(objects, object)
			continue
		}
		if err := object.EachListItem(func(item runtime.Object) error {
			objects = append(objects, item.(*unstructured.Unstructured))
			return nil
		}); err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
	}
}
