// Package options reads what a K3sContainer, or anyone who knows k3s, says on the command line.
package options

import (
	"net/netip"
	"os"
)

// Flavour is what a node is made of; the image says which, in NODE_FLAVOUR.
type Flavour string

const (
	// Cilium is etcd, Cilium and kube-proxy with nftables.
	Cilium Flavour = "cilium"
	// K3s is what k3s is made of: kine, flannel, kube-router and kube-proxy with iptables.
	K3s Flavour = "k3s"
)

var flavours = []string{string(Cilium), string(K3s)}

// Options is what `server` was asked for, validated.
type Options struct {
	Flavour Flavour
	// FlannelBackend is flannel's, of flavour k3s only.
	FlannelBackend string
	// Disabled holds the names given to --disable; only `coredns` is a part that this node ships.
	Disabled map[string]bool
	// NetworkPolicy is false after --disable-network-policy: then nothing enforces NetworkPolicy objects.
	NetworkPolicy bool
	// TLSSANs are further names and addresses of the API server's certificate.
	TLSSANs  []string
	NodeName string
	// ClusterCIDR is the range of pod addresses, ServiceCIDR that of Services. Both IPv4, never overlapping.
	ClusterCIDR, ServiceCIDR netip.Prefix
	// ExtraArgs are arguments for a component, by its name, e.g. `audit-log-path=/var/log/audit.log`.
	ExtraArgs      map[string][]string
	KubeconfigMode os.FileMode
}

// ClusterDNS is the address of the kube-dns Service: the tenth of the service range, as k3s and kubeadm have it.
func (o Options) ClusterDNS() netip.Addr { return nth(o.ServiceCIDR, 10) }

// KubernetesService is the address of the Service `kubernetes`: the first of the service range.
func (o Options) KubernetesService() netip.Addr { return nth(o.ServiceCIDR, 1) }

// PodCIDR is the range the controller manager gives to the first node, which is the only one.
func (o Options) PodCIDR() netip.Prefix { return netip.PrefixFrom(o.ClusterCIDR.Addr(), NodeCIDRBits) }

// NodeCIDRBits is the controller manager's default size of a node's range.
const NodeCIDRBits = 24

func nth(prefix netip.Prefix, n int) netip.Addr {
	address := prefix.Masked().Addr()
	for range n {
		address = address.Next()
	}
	return address
}
