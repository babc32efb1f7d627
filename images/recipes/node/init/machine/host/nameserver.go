package host

import (
	"net/netip"
	"os"
	"strings"
)

// NameServers reads a resolv.conf. Those on a loopback address, as the engine's own, can't be reached from a pod: its
// loopback is another. They need a forwarder.
func NameServers(file string) (reachable []netip.Addr, loopback []netip.Addr, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		address, err := netip.ParseAddr(fields[1])
		if err != nil {
			continue
		}
		if address.IsLoopback() {
			loopback = append(loopback, address)
		} else {
			reachable = append(reachable, address)
		}
	}
	return reachable, loopback, nil
}
