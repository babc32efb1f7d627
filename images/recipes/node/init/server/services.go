package server

import (
	"context"
	"net/netip"

	"meho-acceptance/node/init/cluster/bootstrap"
	"meho-acceptance/node/init/cluster/ready"
	"meho-acceptance/node/init/wait"
)

const apiServicePort = 443

func (n *node) applyDNS(ctx context.Context) error {
	return n.timeline.stage(ctx, "CoreDNS applied", func(ctx context.Context) error {
		objects, err := bootstrap.DNS(n.dnsImage, n.options.ClusterDNS().String())
		if err != nil {
			return err
		}
		return n.apply(ctx, objects)
	})
}

func (n *node) dnsAnswers(ctx context.Context) error {
	return n.timeline.stage(ctx, "DNS answers", func(ctx context.Context) error {
		return wait.For(ctx, "the cluster's DNS to answer at its Service", dnsDeadline,
			ready.DNS(n.options.ClusterDNS(), n.options.KubernetesService()))
	})
}

func (n *node) policyIsEnforced(ctx context.Context) error {
	mine := n.flavour()
	if err := mine.engineAnswers(ctx); err != nil {
		return err
	}
	return n.timeline.stage(ctx, "policy enforced", func(ctx context.Context) error {
		probe := ready.PolicyProbe{
			Client: n.client, Image: n.pauseImage, Target: netip.AddrPortFrom(n.options.KubernetesService(), apiServicePort),
			Refuses: mine.refuses,
		}
		return probe.Run(ctx)
	})
}
