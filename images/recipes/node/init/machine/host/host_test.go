package host

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDefaultRoute(t *testing.T) {
	table := "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n" +
		"eth1\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n" +
		"eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	device, gateway := defaultRoute(table)
	if device != "eth0" || gateway.String() != "172.18.0.1" {
		t.Errorf("got %s via %s", device, gateway)
	}
	if device, _ := defaultRoute("Iface\n"); device != "" {
		t.Errorf("an empty table has the device %s", device)
	}
}

func TestOwnCgroup(t *testing.T) {
	for table, expected := range map[string]string{
		"4:memory:/docker/abc\n3:cpu:/other\n0::/x\n": "/docker/abc",
		"0::/system.slice/docker-abc.scope\n":         "/system.slice/docker-abc.scope",
		"":                                            "/",
	} {
		if got := ownCgroup(table); got != expected {
			t.Errorf("%q: %s", table, got)
		}
	}
}

func TestHasCapability(t *testing.T) {
	for status, expected := range map[string]bool{
		"CapInh:\t0\nCapEff:\t000001ffffffffff\n": true,
		"CapEff:\t000001fffeffffff\n":             false,
	} {
		if got, err := hasCapability(status, 24); err != nil || got != expected {
			t.Errorf("%q: %v, %v", status, got, err)
		}
	}
	if _, err := hasCapability("", 24); err == nil {
		t.Error("a status without the line was taken")
	}
}

func TestNameServers(t *testing.T) {
	file := t.TempDir() + "/resolv.conf"
	text := "search lab\nnameserver 127.0.0.11\nnameserver 192.0.2.1\nnameserver nonsense\noptions ndots:0\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	reachable, loopback, err := NameServers(file)
	if err != nil || len(reachable) != 1 || reachable[0].String() != "192.0.2.1" || len(loopback) != 1 {
		t.Errorf("got %v, %v, %v", reachable, loopback, err)
	}
}

func TestWatchLimitIsRaisedAndNeverLowered(t *testing.T) {
	for before, after := range map[string]string{"128\n": "4096", "8192\n": "8192\n"} {
		file := filepath.Join(t.TempDir(), "max_user_instances")
		if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := raiseWatchLimit(file); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(file); string(got) != after {
			t.Errorf("from %q: expected %q, got %q", before, after, got)
		}
	}
}
