package ready

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

const oneQuery = time.Second

// DNS finds a fault until the cluster's DNS, asked at its Service's address, knows the Service `kubernetes`.
func DNS(server, kubernetes netip.Addr) func(context.Context) error {
	resolver := &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, netip.AddrPortFrom(server, 53).String())
		},
	}
	return func(ctx context.Context) error {
		limited, cancel := context.WithTimeout(ctx, oneQuery)
		defer cancel()
		// The dot at the end keeps the container's search domains away.
		found, err := resolver.LookupHost(limited, "kubernetes.default.svc.cluster.local.")
		if err != nil {
			return err
		}
		if !slices.Contains(found, kubernetes.String()) {
			return fmt.Errorf("kubernetes.default is %v rather than %s", found, kubernetes)
		}
		return nil
	}
}
