package manifests

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// fieldManager is under which name the node owns the fields it sets.
const fieldManager = "node"

// Applier brings objects into the cluster by server-side apply: again and again, with the same result.
type Applier struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

// NewApplier connects nothing yet; the first Apply does.
func NewApplier(config *rest.Config) (*Applier, error) {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Applier{client: client, mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(found))}, nil
}

// Apply brings in every object of a text, in its order, and goes on after a fault: one bad document doesn't keep the
// good ones away. The error holds them all.
func (a *Applier) Apply(ctx context.Context, text []byte) (applied int, err error) {
	objects, err := Objects(text)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, object := range objects {
		if err := a.one(ctx, object); err != nil {
			faults = append(faults, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err))
			continue
		}
		applied++
	}
	return applied, errors.Join(faults...)
}

func (a *Applier) one(ctx context.Context, object *unstructured.Unstructured) error {
	kind := object.GroupVersionKind()
	mapping, err := a.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		// The type may have been registered a moment ago.
		a.mapper.Reset()
		mapping, err = a.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	}
	if err != nil {
		return err
	}
	options := metav1.ApplyOptions{FieldManager: fieldManager, Force: true}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		_, err = a.client.Resource(mapping.Resource).Apply(ctx, object.GetName(), object, options)
		return err
	}
	namespace := object.GetNamespace()
	if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	_, err = a.client.Resource(mapping.Resource).Namespace(namespace).Apply(ctx, object.GetName(), object, options)
	return err
}
