package server

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"meho-acceptance/node/init/identity/credentials"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/machine/images"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
)

// prepare does what needs no other program: folders, mounts, addresses, certificates.
func (n *node) prepare(ctx context.Context) (err error) {
	for _, folder := range layout.Folders {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if err := host.Prepare(); err != nil {
		return err
	}
	if n.options.Flavour == options.K3s {
		if err := host.FilterBridges(); err != nil {
			return err
		}
	}
	if n.addresses, err = host.FindAddresses(); err != nil {
		return err
	}
	if n.cgroup, err = host.PrepareCgroup(); err != nil {
		return err
	}
	if err := n.nameServers(ctx); err != nil {
		return err
	}
	if n.pauseImage, err = embedded("pause"); err != nil {
		return err
	}
	if n.dnsImage, err = embedded("coredns"); err != nil {
		return err
	}
	return credentials.Issue(n.options, n.addresses)
}

// embedded gives the name of an image that came with the node.
func embedded(name string) (string, error) {
	file := embeddedFile(name)
	names, err := images.References(file)
	if err == nil && len(names) != 1 {
		err = fmt.Errorf("expected one image, found %v", names)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return names[0], nil
}

func embeddedFile(name string) string { return filepath.Join(layout.EmbeddedImages, name+".tar") }

// nameServers writes the resolv.conf of pods that take the node's. The engine's own server answers on the container's
// loopback, which pods don't share, so a forwarder hands on what it says.
func (n *node) nameServers(ctx context.Context) error {
	reachable, loopback, err := host.NameServers("/etc/resolv.conf")
	if err != nil {
		return err
	}
	if len(reachable) == 0 && len(loopback) > 0 {
		if err := host.ForwardDNS(ctx, n.addresses.Node, loopback[0]); err != nil {
			return fmt.Errorf("forward DNS to %s: %w", loopback[0], err)
		}
		reachable = []netip.Addr{n.addresses.Node}
	}
	if len(reachable) == 0 {
		return errors.New("/etc/resolv.conf names no server; the cluster's DNS needs one for names outside")
	}
	var text []byte
	for _, server := range reachable {
		text = fmt.Appendf(text, "nameserver %s\n", server)
	}
	return os.WriteFile(layout.ResolvConf, text, 0o644)
}
