package components

import (
	"maps"
	"path/filepath"

	"meho-acceptance/node/init/identity/credentials"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
)

const etcdEndpoint = "https://127.0.0.1:2379"

func program(name string, args []string) supervise.Component {
	return supervise.Component{Name: name, Path: filepath.Join(layout.Programs, name), Args: args}
}

// Etcd keeps the cluster's state. What it holds goes with the container, so it needn't wait for the disk.
func Etcd() supervise.Component {
	return supervise.Component{Name: "etcd", Path: "/usr/bin/etcd", Args: arguments{
		"name":                        "node",
		"data-dir":                    layout.EtcdData,
		"unsafe-no-fsync":             "true",
		"listen-client-urls":          etcdEndpoint,
		"advertise-client-urls":       etcdEndpoint,
		"listen-peer-urls":            "https://127.0.0.1:2380",
		"initial-advertise-peer-urls": "https://127.0.0.1:2380",
		"initial-cluster":             "node=https://127.0.0.1:2380",
		"cert-file":                   layout.Certificate("etcd-server"),
		"key-file":                    layout.Key("etcd-server"),
		"trusted-ca-file":             layout.Certificate("etcd-ca"),
		"client-cert-auth":            "true",
		"peer-cert-file":              layout.Certificate("etcd-server"),
		"peer-key-file":               layout.Key("etcd-server"),
		"peer-trusted-ca-file":        layout.Certificate("etcd-ca"),
		"peer-client-cert-auth":       "true",
		"logger":                      "zap",
		"log-level":                   "warn",
	}.with(nil)}
}

// Kine keeps the cluster's state in SQLite and answers as etcd would, on a socket and without certificates, as in k3s.
func Kine() supervise.Component {
	return program("kine", arguments{
		"endpoint": "sqlite://" + filepath.Join(layout.Datastore, "state.db") +
			"?_journal_mode=WAL&cache=shared&_busy_timeout=30000&_txlock=immediate",
		"listen-address":       "unix://" + layout.KineSocket,
		"metrics-bind-address": "0",
	}.with(nil))
}

// datastore is how the API server reaches it.
func datastore(flavour options.Flavour) arguments {
	if flavour == options.K3s {
		return arguments{"etcd-servers": "unix://" + layout.KineSocket}
	}
	return arguments{
		"etcd-servers":  etcdEndpoint,
		"etcd-cafile":   layout.Certificate("etcd-ca"),
		"etcd-certfile": layout.Certificate("etcd-client"),
		"etcd-keyfile":  layout.Key("etcd-client"),
	}
}

// APIServer trusts the cluster's authority for users and kubelets, and the front proxy's for who speaks for others.
func APIServer(o options.Options, addresses host.Addresses) supervise.Component {
	own := arguments{
		"advertise-address":                  addresses.Node.String(),
		"allow-privileged":                   "true",
		"anonymous-auth":                     "false",
		"authorization-mode":                 "Node,RBAC",
		"client-ca-file":                     layout.Certificate("ca"),
		"enable-admission-plugins":           "NodeRestriction",
		"enable-aggregator-routing":          "true",
		"enable-bootstrap-token-auth":        "false",
		"kubelet-certificate-authority":      layout.Certificate("ca"),
		"kubelet-client-certificate":         layout.Certificate("apiserver-kubelet-client"),
		"kubelet-client-key":                 layout.Key("apiserver-kubelet-client"),
		"kubelet-preferred-address-types":    "InternalIP,Hostname",
		"profiling":                          "false",
		"proxy-client-cert-file":             layout.Certificate("front-proxy-client"),
		"proxy-client-key-file":              layout.Key("front-proxy-client"),
		"requestheader-allowed-names":        "system:auth-proxy",
		"requestheader-client-ca-file":       layout.Certificate("front-proxy-ca"),
		"requestheader-extra-headers-prefix": "X-Remote-Extra-",
		"requestheader-group-headers":        "X-Remote-Group",
		"requestheader-username-headers":     "X-Remote-User",
		"secure-port":                        "6443",
		"service-account-issuer":             "https://kubernetes.default.svc.cluster.local",
		"service-account-key-file":           layout.Key("service-account"),
		"service-account-signing-key-file":   layout.Key("service-account"),
		"service-cluster-ip-range":           o.ServiceCIDR.String(),
		"tls-cert-file":                      layout.Certificate("apiserver"),
		"tls-private-key-file":               layout.Key("apiserver"),
	}
	maps.Copy(own, datastore(o.Flavour))
	return program("kube-apiserver", own.with(o.ExtraArgs["kube-apiserver"]))
}

// ControllerManager also hands out the pods' addresses and signs what the certificates API approves.
func ControllerManager(o options.Options) supervise.Component {
	kubeconfig := layout.Kubeconfig(credentials.ControllerManager)
	return program("kube-controller-manager", arguments{
		"allocate-node-cidrs":       "true",
		"authentication-kubeconfig": kubeconfig,
		"authorization-kubeconfig":  kubeconfig,
		"bind-address":              "127.0.0.1",
		"client-ca-file":            layout.Certificate("ca"),
		"cluster-cidr":              o.ClusterCIDR.String(),
		"cluster-signing-cert-file": layout.Certificate("ca"),
		"cluster-signing-key-file":  layout.Key("ca"),
		// Its forty controllers ask for a token each before they start: at the default rate that alone takes seconds.
		"kube-api-burst":                   "400",
		"kube-api-qps":                     "200",
		"kubeconfig":                       kubeconfig,
		"leader-elect":                     "false",
		"profiling":                        "false",
		"requestheader-client-ca-file":     layout.Certificate("front-proxy-ca"),
		"root-ca-file":                     layout.Certificate("ca"),
		"service-account-private-key-file": layout.Key("service-account"),
		"service-cluster-ip-range":         o.ServiceCIDR.String(),
		"tls-cert-file":                    layout.Certificate("controller-manager-serving"),
		"tls-private-key-file":             layout.Key("controller-manager-serving"),
		"use-service-account-credentials":  "true",
	}.with(o.ExtraArgs["kube-controller-manager"]))
}

// Scheduler places pods.
func Scheduler(o options.Options) supervise.Component {
	kubeconfig := layout.Kubeconfig(credentials.Scheduler)
	return program("kube-scheduler", arguments{
		"authentication-kubeconfig":    kubeconfig,
		"authorization-kubeconfig":     kubeconfig,
		"bind-address":                 "127.0.0.1",
		"client-ca-file":               layout.Certificate("ca"),
		"kubeconfig":                   kubeconfig,
		"leader-elect":                 "false",
		"profiling":                    "false",
		"requestheader-client-ca-file": layout.Certificate("front-proxy-ca"),
		"tls-cert-file":                layout.Certificate("scheduler-serving"),
		"tls-private-key-file":         layout.Key("scheduler-serving"),
	}.with(o.ExtraArgs["kube-scheduler"]))
}
