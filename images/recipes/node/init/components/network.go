package components

import (
	"encoding/json"
	"os"
	"path/filepath"

	"meho-acceptance/node/init/identity/credentials"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
)

type object = map[string]any

// portmap serves hostPort, which neither ptp nor Cilium does here.
var portmap = object{"type": "portmap", "capabilities": object{"portMappings": true}, "snat": true}

// PlainNetwork connects pods by routes and lets everyone speak with everyone: what --disable-network-policy asks for.
// A pair of devices for each pod rather than a bridge: then all traffic is routed, and kube-proxy sees it.
func PlainNetwork(o options.Options, mtu int) error {
	return writeNetwork("10-plain.conflist", object{"cniVersion": "1.0.0", "name": "plain", "plugins": []object{
		{
			"type":   "ptp",
			"ipMasq": true,
			"mtu":    mtu,
			"ipam": object{
				"type":   "host-local",
				"ranges": [][]object{{{"subnet": o.PodCIDR().String()}}},
				"routes": []object{{"dst": "0.0.0.0/0"}},
			},
		},
		portmap,
	}})
}

// CiliumNetwork leaves the pods' network to Cilium. Written before its agent answers: the plugin waits for the agent,
// which is quicker than a kubelet that tries again after a refusal.
func CiliumNetwork() error {
	return writeNetwork("05-cilium.conflist", object{"cniVersion": "1.0.0", "name": "cilium", "plugins": []object{
		{"type": "cilium-cni", "enable-debug": false, "log-file": filepath.Join(layout.Logs, "cilium-cni.log")},
		portmap,
	}})
}

func writeNetwork(file string, network object) error {
	text, err := json.MarshalIndent(network, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(layout.CNIConfig, file), text, 0o644)
}

// CiliumResources are the types without which the agent doesn't start, as files of its module's folder.
var CiliumResources = []string{
	"v2/ciliumendpoints.yaml",
	"v2/ciliumidentities.yaml",
	"v2/ciliumloadbalancerippools.yaml",
	"v2/ciliumnodes.yaml",
	"v2alpha1/ciliuml2announcementpolicies.yaml",
	"v2alpha1/ciliumpodippools.yaml",
}

// CiliumAgent enforces NetworkPolicy. Services are kube-proxy's, so it needs neither its own balancer nor a proxy. It
// goes without Cilium's operator, whose work here would be to register types, which the node does, and to clear away
// identities that are no longer in use, of which a node that lives for hours doesn't have too many. Cilium's own kinds of
// policy are off and their types unknown to the API server: better refused than accepted and not enforced.
func CiliumAgent(o options.Options) supervise.Component {
	agent := program("cilium-agent", arguments{
		"bpf-lb-sock":                 "false",
		"cgroup-root":                 "/run/cilium/cgroupv2",
		"cluster-id":                  "0",
		"cluster-name":                "default",
		"cni-exclusive":               "false",
		"datapath-mode":               "veth",
		"disable-envoy-version-check": "true",
		"enable-cilium-clusterwide-network-policy": "false",
		"enable-cilium-network-policy":             "false",
		"enable-endpoint-health-checking":          "false",
		"enable-health-checking":                   "false",
		"enable-hubble":                            "false",
		"enable-ipv4":                              "true",
		"enable-ipv4-masquerade":                   "true",
		"enable-ipv6":                              "false",
		"enable-l7-proxy":                          "false",
		"identity-allocation-mode":                 "crd",
		"install-no-conntrack-iptables-rules":      "false",
		"ipam":                                     "kubernetes",
		"ipv4-native-routing-cidr":                 o.ClusterCIDR.String(),
		"k8s-kubeconfig-path":                      layout.Kubeconfig(credentials.CiliumAgent),
		"k8s-namespace":                            "kube-system",
		"kube-proxy-replacement":                   "false",
		"lib-dir":                                  "/var/lib/cilium",
		"routing-mode":                             "native",
		"state-dir":                                filepath.Dir(layout.CiliumSocket),
		"write-cni-conf-when-ready":                "",
	}.with(nil))
	agent.Env = []string{"K8S_NODE_NAME=" + o.NodeName, "CILIUM_K8S_NAMESPACE=kube-system"}
	return agent
}
