// Package host prepares what the container gives a node: addresses, mounts, cgroups, name servers.
package host

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// Addresses are where the node is and who is next to it.
type Addresses struct {
	Node netip.Addr
	// Gateway is the machine that runs the engine, as seen from here; invalid where the network has no way out.
	Gateway netip.Addr
	// MTU is that of the engine's network; pods must not send more at once.
	MTU int
}

// FindAddresses takes the address of the interface with the default route, or the first one of a network without.
func FindAddresses() (Addresses, error) {
	routes, err := os.ReadFile("/proc/net/route")
	if err != nil {
		return Addresses{}, err
	}
	device, gateway := defaultRoute(string(routes))
	interfaces, err := net.Interfaces()
	if err != nil {
		return Addresses{}, err
	}
	for _, candidate := range interfaces {
		if candidate.Flags&net.FlagLoopback != 0 || candidate.Flags&net.FlagUp == 0 || (device != "" && candidate.Name != device) {
			continue
		}
		addresses, err := candidate.Addrs()
		if err != nil {
			return Addresses{}, err
		}
		for _, address := range addresses {
			if prefix, err := netip.ParsePrefix(address.String()); err == nil && prefix.Addr().Is4() {
				return Addresses{Node: prefix.Addr(), Gateway: gateway, MTU: candidate.MTU}, nil
			}
		}
	}
	return Addresses{}, errors.New("no network interface has an IPv4 address; the node needs a Docker network")
}

// defaultRoute reads the kernel's table: the address is in hexadecimal, least significant byte first.
func defaultRoute(table string) (device string, gateway netip.Addr) {
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 8 || fields[1] != "00000000" || fields[7] != "00000000" {
			continue
		}
		value, err := strconv.ParseUint(fields[2], 16, 32)
		if err != nil {
			continue
		}
		return fields[0], netip.AddrFrom4([4]byte{byte(value), byte(value >> 8), byte(value >> 16), byte(value >> 24)})
	}
	return "", netip.Addr{}
}
