package components

import (
	"fmt"
	"os"

	"meho-acceptance/node/init/identity/credentials"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
)

// Containerd writes its configuration and gives the component. pause is the image that holds a pod's namespaces.
func Containerd(pause string, mayRaiseLimits bool) (supervise.Component, error) {
	config := fmt.Sprintf(`version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  restrict_oom_score_adj = %t
  # As in k3s: pods may listen below 1024 and ping without a capability.
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %q
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`, pause, !mayRaiseLimits, layout.CNIPlugins, layout.CNIConfig)
	err := os.WriteFile(layout.ContainerdConfig, []byte(config), 0o644)
	return supervise.Component{Name: "containerd", Path: "/usr/bin/containerd", Args: []string{"--config", layout.ContainerdConfig}}, err
}

// Kubelet writes its configuration and gives the component.
func Kubelet(o options.Options, addresses host.Addresses, cgroup string) (supervise.Component, error) {
	config := fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %s}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: %s
clusterDNS: [%s]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix://%s
resolvConf: %s
tlsCertFile: %s
tlsPrivateKeyFile: %s
failSwapOn: false
# The images were brought by hand: none may go for want of room, and no registry has to be spared.
imageGCHighThresholdPercent: 100
registryPullQPS: 0
serializeImagePulls: false
evictionHard: {nodefs.available: "0%%", imagefs.available: "0%%", nodefs.inodesFree: "0%%", memory.available: 50Mi}
`, layout.Certificate("ca"), cgroup, o.ClusterDNS(), layout.ContainerdSocket, layout.ResolvConf,
		layout.Certificate("kubelet-serving"), layout.Key("kubelet-serving"))
	err := os.WriteFile(layout.KubeletConfig, []byte(config), 0o644)
	return program("kubelet", arguments{
		"config":            layout.KubeletConfig,
		"hostname-override": o.NodeName,
		"kubeconfig":        layout.Kubeconfig(credentials.Kubelet),
		"node-ip":           addresses.Node.String(),
	}.with(o.ExtraArgs["kubelet"])), err
}

// KubeProxy leaves the machine's connection tracking alone: its limits are not this container's to set.
func KubeProxy(o options.Options) supervise.Component {
	mode := "nftables"
	if o.Flavour == options.K3s {
		mode = "iptables"
	}
	return program("kube-proxy", arguments{
		"cluster-cidr":           o.ClusterCIDR.String(),
		"conntrack-max-per-core": "0",
		"conntrack-min":          "0",
		"hostname-override":      o.NodeName,
		// For nftables too, whatever its name says. A Service's change is in force at once rather than within a second.
		"iptables-min-sync-period": "100ms",
		"kubeconfig":               layout.Kubeconfig(credentials.KubeProxy),
		"proxy-mode":               mode,
	}.with(nil))
}
