package credentials

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meho-acceptance/node/init/identity/pki"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/options"
)

func parsed(t *testing.T, args ...string) options.Options {
	t.Helper()
	o, problems := options.Parse(append([]string{"server"}, args...), nil, "node-1")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return o
}

var addresses = host.Addresses{Node: netip.MustParseAddr("172.18.0.2"), Gateway: netip.MustParseAddr("172.18.0.1")}

func TestOnlyAdminIsUnlimited(t *testing.T) {
	for authority, certificates := range leaves(parsed(t), addresses) {
		for name, leaf := range certificates {
			if slices.Contains(leaf.Groups, "system:masters") != (authority == clusterCA && name == Admin) {
				t.Errorf("%s/%s has the groups %v", authority, name, leaf.Groups)
			}
			if !leaf.Client && len(leaf.Hosts) == 0 {
				t.Errorf("%s/%s is for nothing", authority, name)
			}
		}
	}
}

func TestNodeIdentity(t *testing.T) {
	leaf := leaves(parsed(t, "--node-name=other"), addresses)[clusterCA][Kubelet]
	if leaf.Name != "system:node:other" || !slices.Equal(leaf.Groups, []string{"system:nodes"}) {
		t.Errorf("the Node authorizer doesn't know %+v", leaf)
	}
}

func TestNamesOfTheAPIServer(t *testing.T) {
	names := apiServerNames(parsed(t, "--tls-san=k3s,lab", "--service-cidr=10.96.0.0/16"), addresses)
	for _, expected := range []string{"kubernetes.default.svc", "10.96.0.1", "127.0.0.1", "localhost", "172.18.0.2", "172.18.0.1", "k3s", "lab", "node-1"} {
		if !slices.Contains(names, expected) {
			t.Errorf("%s is missing of %v", expected, names)
		}
	}
}

func TestKubeconfigIsWhatK3sContainerRewrites(t *testing.T) {
	text := string(kubeconfig([]byte("ca"), pki.Pair{Certificate: []byte("crt"), Key: []byte("key")}))
	found := regexp.MustCompile(`server:\s?[:/.\d\w]+`).FindString(text)
	if found != "server: https://127.0.0.1:6443" {
		t.Errorf("it would replace %q", found)
	}
	if !strings.Contains(text, "client-certificate-data: Y3J0\n") {
		t.Errorf("no client certificate in:\n%s", text)
	}
}

func TestNobodyHasACertificateForWhatIsNotThere(t *testing.T) {
	for flavour, expected := range map[string][]string{
		"cilium": {CiliumAgent}, "k3s": {Flannel, KubeRouter},
	} {
		o, problems := options.Parse([]string{"server"}, map[string]string{"NODE_FLAVOUR": flavour}, "n")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		all := leaves(o, addresses)
		for _, name := range []string{CiliumAgent, Flannel, KubeRouter} {
			if _, there := all[clusterCA][name]; there != slices.Contains(expected, name) {
				t.Errorf("%s: %s there is %v", flavour, name, there)
			}
		}
		if _, there := all[etcdCA]; there != (flavour == "cilium") {
			t.Errorf("%s: etcd's authority there is %v", flavour, there)
		}
	}
}
