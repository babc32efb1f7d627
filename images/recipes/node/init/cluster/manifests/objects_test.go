package manifests

import (
	"strings"
	"testing"

	"meho-acceptance/node/init/cluster/bootstrap"
)

func TestManyDocuments(t *testing.T) {
	objects, err := Objects([]byte(`# a comment only
---
apiVersion: v1
kind: Namespace
metadata: {name: a}
---
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: b, namespace: a}
- apiVersion: v1
  kind: Secret
  metadata: {name: c, namespace: a}
`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, object := range objects {
		names = append(names, object.GetKind()+"/"+object.GetName())
	}
	if got := strings.Join(names, " "); got != "Namespace/a ConfigMap/b Secret/c" {
		t.Errorf("got %s", got)
	}
}

func TestFaultsNameTheDocument(t *testing.T) {
	for text, expected := range map[string]string{
		"kind: X":                                "document 1 has no kind or apiVersion",
		"apiVersion: v1\nkind: Pod":              "document 1 (Pod) has no name",
		"apiVersion: v1\nkind: Pod\n---\na: : b": "",
	} {
		if _, err := Objects([]byte(text)); err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestBootstrapObjectsAreComplete(t *testing.T) {
	dns, err := bootstrap.DNS("example/coredns:1", "10.43.0.10")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"rbac": bootstrap.RBAC, "cilium": bootstrap.Cilium, "dns": dns} {
		objects, err := Objects(text)
		if err != nil || len(objects) == 0 {
			t.Errorf("%s: %d objects, %v", name, len(objects), err)
		}
	}
	for _, expected := range []string{`image: "example/coredns:1"`, `clusterIP: "10.43.0.10"`} {
		if !strings.Contains(string(dns), expected) {
			t.Errorf("no %q", expected)
		}
	}
}

func TestWhichFilesAreManifests(t *testing.T) {
	for file, expected := range map[string]bool{"/m/a.yaml": true, "/m/a.yml": true, "/m/a.json": true, "/m/.a.yaml": false, "/m/a.txt": false} {
		if isManifest(file) != expected {
			t.Errorf("%s", file)
		}
	}
}
