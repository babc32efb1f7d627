package server

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"meho-acceptance/node/init/cluster/bootstrap"
	"meho-acceptance/node/init/components"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
	"meho-acceptance/node/init/wait"
)

// flavour is in what nodes differ: where the cluster's state is, how pods are connected, who enforces policy.
type flavour struct {
	datastore func(context.Context) error
	// objects are those without which the network's parts may do nothing.
	objects func() ([][]byte, error)
	// network ends when the kubelet finds how to connect pods.
	network       func(context.Context) error
	policyEngine  func(options.Options) supervise.Component
	engineAnswers func(context.Context) error
	// refuses says how policyEngine denies: by an answer rather than by silence.
	refuses bool
}

func (n *node) flavour() flavour {
	if n.options.Flavour == options.K3s {
		return flavour{
			datastore: n.startKine, objects: k3sObjects, network: n.flannelNetwork,
			policyEngine: components.KubeRouter, engineAnswers: atOnce, refuses: true,
		}
	}
	return flavour{
		datastore: n.startEtcd, objects: n.ciliumObjects, network: n.ciliumNetwork,
		policyEngine: components.CiliumAgent, engineAnswers: n.ciliumAnswers,
	}
}

// atOnce is for an engine that has no door of its own to knock at: what it does shows whether it is there.
func atOnce(context.Context) error { return nil }

func (n *node) ciliumObjects() ([][]byte, error) {
	if !n.options.NetworkPolicy {
		return nil, nil
	}
	texts := [][]byte{bootstrap.Cilium}
	for _, name := range components.CiliumResources {
		text, err := os.ReadFile(filepath.Join(layout.CiliumResources, name))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (n *node) ciliumNetwork(context.Context) error {
	if n.options.NetworkPolicy {
		return components.CiliumNetwork()
	}
	return components.PlainNetwork(n.options, n.addresses.MTU)
}

func (n *node) ciliumAnswers(ctx context.Context) error {
	return n.timeline.stage(ctx, "cilium-agent", func(ctx context.Context) error {
		return wait.For(ctx, "cilium-agent to answer", agentDeadline, listens("unix", layout.CiliumSocket))
	})
}

func k3sObjects() ([][]byte, error) { return [][]byte{bootstrap.K3s}, nil }

func (n *node) startKine(ctx context.Context) error {
	return n.timeline.stage(ctx, "kine", func(ctx context.Context) error {
		// Left by a node that was killed: nothing listens there.
		if err := os.Remove(layout.KineSocket); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := n.supervisor.Start(components.Kine()); err != nil {
			return err
		}
		return wait.For(ctx, "kine to listen", etcdDeadline, listens("unix", layout.KineSocket))
	})
}

// flannelNetwork waits for flannel: the size of packets and the range of pods are its to say.
func (n *node) flannelNetwork(ctx context.Context) error {
	return n.timeline.stage(ctx, "flannel", func(ctx context.Context) error {
		flannel, err := components.Flannel(n.options)
		if err != nil {
			return err
		}
		// What an earlier start has written may be out of date.
		if err := os.Remove(layout.FlannelSubnet); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := n.supervisor.Start(flannel); err != nil {
			return err
		}
		var subnet components.FlannelSubnet
		if err := wait.For(ctx, "flannel to connect the node", agentDeadline, func(context.Context) (err error) {
			subnet, err = components.ReadFlannelSubnet(layout.FlannelSubnet)
			return err
		}); err != nil {
			return err
		}
		return components.BridgeNetwork(subnet)
	})
}
