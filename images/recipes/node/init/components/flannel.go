package components

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"meho-acceptance/node/init/identity/credentials"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
)

// Flannel writes its configuration, as k3s does, and gives the component: it connects nodes, and says in
// layout.FlannelSubnet what the pods' network is to be.
func Flannel(o options.Options) (supervise.Component, error) {
	text, err := json.MarshalIndent(object{
		"Network":    o.ClusterCIDR.String(),
		"EnableIPv4": true,
		"Backend":    object{"Type": o.FlannelBackend},
	}, "", "  ")
	if err != nil {
		return supervise.Component{}, err
	}
	flannel := program("flannel", arguments{
		"kubeconfig":  layout.Kubeconfig(credentials.Flannel),
		"net-conf":    layout.FlannelNetwork,
		"subnet-file": layout.FlannelSubnet,
	}.with(nil))
	flannel.Env = []string{"NODE_NAME=" + o.NodeName}
	return flannel, os.WriteFile(layout.FlannelNetwork, text, 0o644)
}

// FlannelSubnet is what flannel wrote.
type FlannelSubnet struct {
	Network, Subnet string
	MTU             int
}

// ReadFlannelSubnet finds a fault until flannel has written all of it.
func ReadFlannelSubnet(file string) (FlannelSubnet, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return FlannelSubnet{}, err
	}
	values := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		values[name] = value
	}
	found := FlannelSubnet{Network: values["FLANNEL_NETWORK"], Subnet: values["FLANNEL_SUBNET"]}
	found.MTU, err = strconv.Atoi(values["FLANNEL_MTU"])
	if err != nil || found.Network == "" || found.Subnet == "" {
		return FlannelSubnet{}, fmt.Errorf("%s names no network, subnet and MTU yet: %q", file, text)
	}
	return found, nil
}

// BridgeNetwork is what flannel's plugin makes of that file in k3s: pods of a node on one bridge, with k3s' names.
func BridgeNetwork(subnet FlannelSubnet) error {
	return writeNetwork("10-flannel.conflist", object{"cniVersion": "1.0.0", "name": "cbr0", "plugins": []object{
		{
			"type":             "bridge",
			"bridge":           "cni0",
			"mtu":              subnet.MTU,
			"hairpinMode":      true,
			"forceAddress":     true,
			"isGateway":        true,
			"isDefaultGateway": true,
			// Flannel's own rules masquerade.
			"ipMasq": false,
			"ipam": object{
				"type":   "host-local",
				"ranges": [][]object{{{"subnet": rangeOf(subnet.Subnet)}}},
				"routes": []object{{"dst": subnet.Network}},
			},
		},
		portmap,
		{"type": "bandwidth", "capabilities": object{"bandwidth": true}},
	}})
}

// rangeOf drops the host bits: flannel names the gateway's address with the range's size.
func rangeOf(subnet string) string {
	if prefix, err := netip.ParsePrefix(subnet); err == nil {
		return prefix.Masked().String()
	}
	return subnet
}

// KubeRouter enforces NetworkPolicy, by the part of it that k3s links: its firewall, and neither its routes nor its
// Services. It refuses what it denies.
func KubeRouter(o options.Options) supervise.Component {
	return program("kube-router", arguments{
		"hostname-override":        o.NodeName,
		"kubeconfig":               layout.Kubeconfig(credentials.KubeRouter),
		"service-cluster-ip-range": o.ServiceCIDR.String(),
	}.with(nil))
}
