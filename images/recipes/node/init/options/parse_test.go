package options

import (
	"slices"
	"strings"
	"testing"
)

func parse(t *testing.T, args ...string) Options {
	t.Helper()
	options, problems := Parse(append([]string{"server"}, args...), nil, "Node-1")
	if len(problems) > 0 {
		t.Fatalf("unexpected problems: %v", problems)
	}
	return options
}

func TestDefaults(t *testing.T) {
	o := parse(t)
	if !o.NetworkPolicy || o.NodeName != "node-1" || o.KubeconfigMode != 0o600 {
		t.Fatalf("unexpected defaults: %+v", o)
	}
	if got := o.ClusterDNS().String(); got != "10.43.0.10" {
		t.Errorf("cluster DNS is %s", got)
	}
	if got := o.KubernetesService().String(); got != "10.43.0.1" {
		t.Errorf("the Service kubernetes is %s", got)
	}
	if got := o.PodCIDR().String(); got != "10.42.0.0/24" {
		t.Errorf("the node's range is %s", got)
	}
}

func TestBothFormsOfAFlag(t *testing.T) {
	o := parse(t, "--node-name", "a", "--tls-san=x,y", "--tls-san", "z", "--disable=traefik,coredns",
		"--disable-network-policy", "--service-cidr", "10.96.0.0/12", "--kube-apiserver-arg=audit-log-path=-",
		"--kube-apiserver-arg", "v=2", "--write-kubeconfig-mode=644")
	if o.NodeName != "a" || o.NetworkPolicy || !o.Disabled["coredns"] || o.KubeconfigMode != 0o644 {
		t.Errorf("flags were not taken: %+v", o)
	}
	if !slices.Equal(o.TLSSANs, []string{"x", "y", "z"}) {
		t.Errorf("names: %v", o.TLSSANs)
	}
	if !slices.Equal(o.ExtraArgs["kube-apiserver"], []string{"audit-log-path=-", "v=2"}) {
		t.Errorf("extra arguments: %v", o.ExtraArgs)
	}
	if got := o.ClusterDNS().String(); got != "10.96.0.10" {
		t.Errorf("cluster DNS is %s", got)
	}
}

func TestSwitchTakesAValue(t *testing.T) {
	if o := parse(t, "--disable-network-policy=false"); !o.NetworkPolicy {
		t.Error("--disable-network-policy=false disabled it")
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	_, problems := Parse([]string{"server", "--flannel-backend=none", "--disable=trafik", "stray", "--node-name=A_b",
		"--cluster-cidr=10.42.0.1/16", "--write-kubeconfig-mode=rw", "--service-cidr"}, nil, "n")
	for _, expected := range []string{
		"unknown flag --flannel-backend; known are --cluster-cidr, --disable,", `unknown part "trafik"`,
		`unexpected argument "stray"`, "--node-name:", "--cluster-cidr: expected an IPv4 range",
		"--write-kubeconfig-mode: expected a file mode", "--service-cidr needs a value",
	} {
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, expected) }) {
			t.Errorf("nothing says %q: %v", expected, problems)
		}
	}
}

func TestRanges(t *testing.T) {
	for _, args := range [][]string{
		{"--cluster-cidr=10.43.0.0/16"}, {"--cluster-cidr=10.42.0.0/26"}, {"--service-cidr=10.0.0.0/8"},
		{"--service-cidr=10.96.0.0/30"}, {"--cluster-cidr=fd00::/48"},
	} {
		if _, problems := Parse(append([]string{"server"}, args...), nil, "n"); len(problems) == 0 {
			t.Errorf("%v was accepted", args)
		}
	}
}

func TestCommand(t *testing.T) {
	for _, args := range [][]string{nil, {"agent"}, {"--disable=traefik"}} {
		if _, problems := Parse(args, nil, "n"); len(problems) != 1 {
			t.Errorf("%v: %v", args, problems)
		}
	}
}

func TestModeFromEnvironment(t *testing.T) {
	o, problems := Parse([]string{"server"}, map[string]string{"K3S_KUBECONFIG_MODE": "640"}, "n")
	if len(problems) > 0 || o.KubeconfigMode != 0o640 {
		t.Errorf("mode %o, problems %v", o.KubeconfigMode, problems)
	}
}

func TestFlavour(t *testing.T) {
	of := func(flavour string, args ...string) (Options, []string) {
		return Parse(append([]string{"server"}, args...), map[string]string{"NODE_FLAVOUR": flavour}, "n")
	}
	if o, problems := of("", "--disable=traefik"); len(problems) > 0 || o.Flavour != Cilium {
		t.Errorf("without a flavour: %q, %v", o.Flavour, problems)
	}
	if o, problems := of("k3s", "--flannel-backend=host-gw"); len(problems) > 0 || o.Flavour != K3s || o.FlannelBackend != "host-gw" {
		t.Errorf("host-gw: %+v, %v", o, problems)
	}
	if o, problems := of("k3s"); len(problems) > 0 || o.FlannelBackend != "vxlan" {
		t.Errorf("k3s' own backend: %+v, %v", o, problems)
	}
	for _, refused := range []struct{ flavour, arg, expected string }{
		{"k3s", "--flannel-backend=none", `--flannel-backend: expected vxlan or host-gw, got "none"`},
		{"cilium", "--flannel-backend=vxlan", "unknown flag --flannel-backend"},
		{"k0s", "--disable=traefik", `NODE_FLAVOUR: expected cilium or k3s, got "k0s"`},
	} {
		if _, problems := of(refused.flavour, refused.arg); len(problems) != 1 || !strings.Contains(problems[0], refused.expected) {
			t.Errorf("%+v: %v", refused, problems)
		}
	}
}
