package server

import (
	"context"
	"net"
	"time"

	"meho-acceptance/node/init/cluster/manifests"
	"meho-acceptance/node/init/cluster/ready"
	"meho-acceptance/node/init/components"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/machine/images"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/wait"
)

// startContainerd ends when it serves and has the images without which no pod starts.
func (n *node) startContainerd(ctx context.Context) error {
	if err := n.timeline.stage(ctx, "containerd", func(ctx context.Context) error {
		mayRaiseLimits, err := host.MayRaiseLimits()
		if err != nil {
			return err
		}
		containerd, err := components.Containerd(n.pauseImage, mayRaiseLimits)
		if err != nil {
			return err
		}
		if err := n.supervisor.Start(containerd); err != nil {
			return err
		}
		return wait.For(ctx, "containerd to listen", containerdDeadline, listens("unix", layout.ContainerdSocket))
	}); err != nil {
		return err
	}
	return n.timeline.stage(ctx, "embedded images", func(ctx context.Context) error {
		for _, name := range []string{"pause", "coredns"} {
			if _, err := images.Import(ctx, embeddedFile(name)); err != nil {
				return err
			}
		}
		close(n.runtimeServes)
		return nil
	})
}

func listens(network, address string) func(context.Context) error {
	return func(ctx context.Context) error {
		connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return err
		}
		return connection.Close()
	}
}

// startKubelet ends when the node is Ready.
func (n *node) startKubelet(ctx context.Context) error {
	return n.timeline.stage(ctx, "node Ready", func(ctx context.Context) error {
		if err := n.flavour().network(ctx); err != nil {
			return err
		}
		kubelet, err := components.Kubelet(n.options, n.addresses, n.cgroup)
		if err != nil {
			return err
		}
		begun := time.Now()
		if err := n.supervisor.Start(kubelet); err != nil {
			return err
		}
		isReady := ready.Node(n.client, n.options.NodeName, begun)
		return wait.For(ctx, "node "+n.options.NodeName+" to be Ready", nodeDeadline, isReady)
	})
}

func (n *node) tarballs() *images.Folder {
	return &images.Folder{Path: layout.ImageTarballs, Log: n.log, Import: images.Import}
}

func (n *node) userManifests() *manifests.Folder {
	return &manifests.Folder{Path: layout.Manifests, Applier: n.applier, Log: n.log}
}
