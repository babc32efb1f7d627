// Package layout says where things are in the node's file system. What k3s' users know is where k3s has it.
package layout

import "path/filepath"

const (
	Logs = "/var/log/kube"
	// PKI and the kubeconfigs beside it are the node's own; nobody outside has to know them.
	PKI         = "/etc/kube/pki"
	Kubeconfigs = "/etc/kube"

	AdminKubeconfig = "/etc/rancher/k3s/k3s.yaml"
	ImageTarballs   = "/var/lib/rancher/k3s/agent/images"
	Manifests       = "/var/lib/rancher/k3s/server/manifests"

	// EmbeddedImages are pause and CoreDNS: what a node can't do without.
	EmbeddedImages = "/usr/local/share/node/images"

	// CiliumResources holds the definitions of Cilium's resource types, as its module has them.
	CiliumResources = "/usr/local/share/node/crds"

	ContainerdSocket = "/run/containerd/containerd.sock"
	ContainerdConfig = "/etc/containerd/config.toml"
	KubeletConfig    = "/etc/kube/kubelet.yaml"
	ResolvConf       = "/etc/kube/resolv.conf"
	CNIConfig        = "/etc/cni/net.d"
	CNIPlugins       = "/opt/cni/bin"
	EtcdData         = "/var/lib/etcd"
	// Datastore is where k3s keeps SQLite's file, KineSocket where kine answers as etcd would.
	Datastore  = "/var/lib/rancher/k3s/server/db"
	KineSocket = "/run/kine/kine.sock"
	// FlannelNetwork is flannel's configuration, FlannelSubnet what it says of the node's pods.
	FlannelNetwork = "/etc/kube/net-conf.json"
	FlannelSubnet  = "/run/flannel/subnet.env"
	Programs       = "/usr/local/bin"
	// CiliumSocket is where the agent's own interface answers.
	CiliumSocket = "/run/cilium/cilium.sock"
)

// Folders are made before anything starts.
var Folders = []string{
	Logs, PKI, Kubeconfigs, filepath.Dir(AdminKubeconfig), ImageTarballs, Manifests, filepath.Dir(ContainerdConfig), CNIConfig, EtcdData,
	Datastore, filepath.Dir(KineSocket), filepath.Dir(FlannelSubnet),
}

// Certificate is the file of a certificate of PKI, Key that of its key.
func Certificate(name string) string { return filepath.Join(PKI, name+".crt") }

// Key is the file of a certificate's key.
func Key(name string) string { return filepath.Join(PKI, name+".key") }

// Kubeconfig is the file with which a component speaks to the API server.
func Kubeconfig(name string) string { return filepath.Join(Kubeconfigs, name+".kubeconfig") }
