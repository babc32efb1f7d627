package components

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/options"
)

func TestExtraArgumentsWin(t *testing.T) {
	line := arguments{"v": "1", "secure-port": "6443", "enable-admission-plugins": "NodeRestriction"}.with(
		[]string{"v=2", "audit-log-path=-", "enable-admission-plugins=AlwaysPullImages", "v=3"})
	expected := []string{"--audit-log-path=-", "--enable-admission-plugins=NodeRestriction,AlwaysPullImages", "--secure-port=6443", "--v=3"}
	if !slices.Equal(line, expected) {
		t.Errorf("got %v", line)
	}
}

func line(args []string) string { return strings.Join(args, " ") }

func TestEachFlavourHasItsDatastoreAndProxy(t *testing.T) {
	for flavour, expected := range map[options.Flavour][2]string{
		options.Cilium: {"--etcd-servers=https://127.0.0.1:2379", "--proxy-mode=nftables"},
		options.K3s:    {"--etcd-servers=unix:///run/kine/kine.sock", "--proxy-mode=iptables"},
	} {
		o := options.Options{Flavour: flavour}
		server := line(APIServer(o, host.Addresses{}).Args)
		if !strings.Contains(server, expected[0]) || strings.Contains(server, "--etcd-cafile") != (flavour == options.Cilium) {
			t.Errorf("%s: %s", flavour, server)
		}
		if proxy := line(KubeProxy(o).Args); !strings.Contains(proxy, expected[1]) {
			t.Errorf("%s: %s", flavour, proxy)
		}
	}
}

func TestFlannelsFileIsReadWhenItIsWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "subnet.env")
	if _, err := ReadFlannelSubnet(file); err == nil {
		t.Error("a missing file was read")
	}
	whole := "FLANNEL_NETWORK=10.42.0.0/16\nFLANNEL_SUBNET=10.42.0.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n"
	for _, text := range []string{"", whole[:40], strings.Replace(whole, "1450", "", 1)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if found, err := ReadFlannelSubnet(file); err == nil {
			t.Errorf("%q was read as %+v", text, found)
		}
	}
	if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := ReadFlannelSubnet(file)
	if err != nil || found != (FlannelSubnet{Network: "10.42.0.0/16", Subnet: "10.42.0.1/24", MTU: 1450}) {
		t.Errorf("got %+v, %v", found, err)
	}
	if got := rangeOf(found.Subnet); got != "10.42.0.0/24" {
		t.Errorf("the range is %s", got)
	}
}
