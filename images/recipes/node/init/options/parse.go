package options

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Usage is how the node is called.
const Usage = "server [--disable=NAME,…] [--disable-network-policy] [--tls-san=NAME,…] [--node-name=NAME] …"

// parts are the names that k3s' --disable knows. All but coredns are accepted because k3s' users name them by habit.
var parts = []string{"coredns", "local-storage", "metrics-server", "servicelb", "traefik"}

// apply takes one value of a flag; an error says what is wrong with the value.
type apply func(o *Options, value string) error

var flags = map[string]apply{
	"--cluster-cidr":                range4(func(o *Options) *netip.Prefix { return &o.ClusterCIDR }),
	"--disable":                     disable,
	"--disable-network-policy":      disableNetworkPolicy,
	"--kube-apiserver-arg":          extra("kube-apiserver"),
	"--kube-controller-manager-arg": extra("kube-controller-manager"),
	"--kube-scheduler-arg":          extra("kube-scheduler"),
	"--kubelet-arg":                 extra("kubelet"),
	"--node-name":                   func(o *Options, value string) error { o.NodeName = value; return nil },
	"--service-cidr":                range4(func(o *Options) *netip.Prefix { return &o.ServiceCIDR }),
	"--tls-san":                     tlsSAN,
	"--write-kubeconfig-mode":       kubeconfigMode,
}

// flannelFlags are of flavour k3s alone: elsewhere there is no flannel to follow them.
var flannelFlags = map[string]apply{"--flannel-backend": flannelBackend}

// backends are those of k3s that need nothing but the kernel of every machine; the first is k3s' own choice.
var backends = []string{"vxlan", "host-gw"}

func flagsOf(flavour Flavour) map[string]apply {
	if flavour != K3s {
		return flags
	}
	all := maps.Clone(flags)
	maps.Copy(all, flannelFlags)
	return all
}

// switches are the flags that stand alone; the rest take the next word where there is no `=`.
var switches = map[string]bool{"--disable-network-policy": true}

// Parse reads the command line after the program's name. It gives every problem it finds, not only the first.
func Parse(args []string, environment map[string]string, hostname string) (Options, []string) {
	options := Options{
		Flavour:        Cilium,
		FlannelBackend: backends[0],
		Disabled:       map[string]bool{},
		NetworkPolicy:  true,
		NodeName:       strings.ToLower(hostname),
		ClusterCIDR:    netip.MustParsePrefix("10.42.0.0/16"),
		ServiceCIDR:    netip.MustParsePrefix("10.43.0.0/16"),
		ExtraArgs:      map[string][]string{},
		KubeconfigMode: 0o600,
	}
	if len(args) == 0 || args[0] != "server" {
		return options, []string{fmt.Sprintf("expected the command `server`, got %q; usage: %s", strings.Join(args, " "), Usage)}
	}
	var problems []string
	if err := flavour(&options, environment["NODE_FLAVOUR"]); err != nil {
		problems = append(problems, "NODE_FLAVOUR: "+err.Error())
	}
	if mode := environment["K3S_KUBECONFIG_MODE"]; mode != "" {
		if err := kubeconfigMode(&options, mode); err != nil {
			problems = append(problems, "K3S_KUBECONFIG_MODE: "+err.Error())
		}
	}
	for rest := args[1:]; len(rest) > 0; {
		var problem string
		if problem, rest = one(&options, rest); problem != "" {
			problems = append(problems, problem)
		}
	}
	return options, append(problems, options.problems()...)
}

// one takes a flag with its value off the arguments.
func one(options *Options, args []string) (problem string, rest []string) {
	word, rest := args[0], args[1:]
	name, value, given := strings.Cut(word, "=")
	mine := flagsOf(options.Flavour)
	take, known := mine[name]
	switch {
	case !known && strings.HasPrefix(word, "-"):
		return fmt.Sprintf("unknown flag %s; known are %s", name, strings.Join(slices.Sorted(maps.Keys(mine)), ", ")), rest
	case !known:
		return fmt.Sprintf("unexpected argument %q: everything after `server` is a flag", word), rest
	case switches[name] && !given:
		value = "true"
	case !given && len(rest) == 0:
		return name + " needs a value", rest
	case !given:
		value, rest = rest[0], rest[1:]
	}
	if err := take(options, value); err != nil {
		return name + ": " + err.Error(), rest
	}
	return "", rest
}

func flavour(o *Options, value string) error {
	switch {
	case value == "":
	case slices.Contains(flavours, value):
		o.Flavour = Flavour(value)
	default:
		return fmt.Errorf("expected %s, got %q", strings.Join(flavours, " or "), value)
	}
	return nil
}

func flannelBackend(o *Options, value string) error {
	if !slices.Contains(backends, value) {
		return fmt.Errorf("expected %s, got %q", strings.Join(backends, " or "), value)
	}
	o.FlannelBackend = value
	return nil
}

func disable(o *Options, value string) error {
	for name := range strings.SplitSeq(value, ",") {
		if !slices.Contains(parts, name) {
			return fmt.Errorf("unknown part %q; known are %s", name, strings.Join(parts, ", "))
		}
		o.Disabled[name] = true
	}
	return nil
}

func disableNetworkPolicy(o *Options, value string) error {
	off, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("expected true or false, got %q", value)
	}
	o.NetworkPolicy = !off
	return nil
}

func tlsSAN(o *Options, value string) error {
	for name := range strings.SplitSeq(value, ",") {
		if name == "" {
			return fmt.Errorf("expected names or addresses separated by commas, got %q", value)
		}
		o.TLSSANs = append(o.TLSSANs, name)
	}
	return nil
}

func kubeconfigMode(o *Options, value string) error {
	mode, err := strconv.ParseUint(value, 8, 32)
	if err != nil || mode > 0o777 {
		return fmt.Errorf("expected a file mode such as 644, got %q", value)
	}
	o.KubeconfigMode = os.FileMode(mode)
	return nil
}

func extra(component string) apply {
	return func(o *Options, value string) error {
		if name, _, given := strings.Cut(value, "="); !given || name == "" || strings.HasPrefix(name, "-") {
			return fmt.Errorf("expected name=value without dashes, got %q", value)
		}
		o.ExtraArgs[component] = append(o.ExtraArgs[component], value)
		return nil
	}
}

func range4(field func(*Options) *netip.Prefix) apply {
	return func(o *Options, value string) error {
		prefix, err := netip.ParsePrefix(value)
		if err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix {
			return fmt.Errorf("expected an IPv4 range such as 10.42.0.0/16, got %q", value)
		}
		*field(o) = prefix
		return nil
	}
}
