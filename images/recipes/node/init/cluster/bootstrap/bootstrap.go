// Package bootstrap holds the objects without which the node isn't one: what its certificates may do, and DNS.
package bootstrap

import (
	"bytes"
	_ "embed"
	"text/template"
)

var (
	//go:embed rbac.yaml
	RBAC []byte
	//go:embed cilium.yaml
	Cilium []byte
	//go:embed k3s.yaml
	K3s []byte
	//go:embed coredns.yaml
	coreDNS string
)

// DNS are the objects of CoreDNS, with the image at hand and the Service's fixed address.
func DNS(image, clusterDNS string) ([]byte, error) {
	parsed, err := template.New("coredns").Option("missingkey=error").Parse(coreDNS)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = parsed.Execute(&text, map[string]string{"CoreDNSImage": image, "ClusterDNS": clusterDNS})
	return text.Bytes(), err
}
