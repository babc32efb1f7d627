// Package credentials gives everyone on the node a certificate of their own, and a kubeconfig with it.
package credentials

import (
	"meho-acceptance/node/init/identity/pki"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/options"
)

// The authorities. Three, because each is trusted for another thing: who may speak to the API server and be believed
// to be the kubelet, who may speak for another user, who may read and write etcd.
const (
	clusterCA    = "ca"
	frontProxyCA = "front-proxy-ca"
	etcdCA       = "etcd-ca"
)

// Users of the API server: the file name of each certificate and kubeconfig with whom it speaks for.
const (
	Admin             = "admin"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kubelet           = "kubelet"
	KubeProxy         = "kube-proxy"
	CiliumAgent       = "cilium-agent"
	Flannel           = "flannel"
	KubeRouter        = "kube-router"
)

// Names under which RBAC knows those that have no role of Kubernetes' own. bootstrap/ binds them.
const (
	CiliumAgentUser     = "system:cilium-agent"
	FlannelUser         = "system:flannel"
	KubeRouterUser      = "system:kube-router"
	APIServerToKubelets = "system:kube-apiserver"
)

var loopback = []string{"localhost", "127.0.0.1"}

// users speak to the API server; only admin is unlimited.
func users(o options.Options) map[string]pki.Leaf {
	all := map[string]pki.Leaf{
		Admin:             {Name: "system:admin", Groups: []string{"system:masters"}},
		ControllerManager: {Name: "system:kube-controller-manager"},
		Scheduler:         {Name: "system:kube-scheduler"},
		Kubelet:           {Name: "system:node:" + o.NodeName, Groups: []string{"system:nodes"}},
		KubeProxy:         {Name: "system:kube-proxy"},
	}
	switch o.Flavour {
	case options.K3s:
		all[Flannel] = pki.Leaf{Name: FlannelUser}
		all[KubeRouter] = pki.Leaf{Name: KubeRouterUser}
	default:
		all[CiliumAgent] = pki.Leaf{Name: CiliumAgentUser}
	}
	return all
}

// leaves are all the certificates: by authority, then by file name.
func leaves(o options.Options, addresses host.Addresses) map[string]map[string]pki.Leaf {
	cluster := users(o)
	for name, leaf := range cluster {
		leaf.Client = true
		cluster[name] = leaf
	}
	cluster["apiserver"] = pki.Leaf{Name: "kube-apiserver", Hosts: apiServerNames(o, addresses)}
	cluster["apiserver-kubelet-client"] = pki.Leaf{Name: APIServerToKubelets, Client: true}
	cluster["kubelet-serving"] = pki.Leaf{
		Name: "system:node:" + o.NodeName, Groups: []string{"system:nodes"}, Hosts: append([]string{o.NodeName, addresses.Node.String()}, loopback...),
	}
	cluster["controller-manager-serving"] = pki.Leaf{Name: ControllerManager, Hosts: loopback}
	cluster["scheduler-serving"] = pki.Leaf{Name: Scheduler, Hosts: loopback}
	all := map[string]map[string]pki.Leaf{
		clusterCA:    cluster,
		frontProxyCA: {"front-proxy-client": {Name: "system:auth-proxy", Client: true}},
	}
	// kine answers on a socket that only the node's own root may open.
	if o.Flavour == options.Cilium {
		all[etcdCA] = map[string]pki.Leaf{
			"etcd-server": {Name: "etcd", Hosts: loopback, Client: true},
			"etcd-client": {Name: "kube-apiserver-etcd-client", Client: true},
		}
	}
	return all
}

// apiServerNames are all under which the API server may be met: from pods, from the node, from containers beside it,
// and from the machine outside, which reaches it by a published port of its own address.
func apiServerNames(o options.Options, addresses host.Addresses) []string {
	names := append([]string{
		"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
		o.NodeName, o.KubernetesService().String(), addresses.Node.String(),
	}, loopback...)
	if addresses.Gateway.IsValid() {
		names = append(names, addresses.Gateway.String())
	}
	return append(names, o.TLSSANs...)
}
