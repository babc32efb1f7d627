package server

import (
	"context"
	"log/slog"
	"time"

	"k8s.io/client-go/kubernetes"

	"meho-acceptance/node/init/cluster/manifests"
	"meho-acceptance/node/init/machine/host"
	"meho-acceptance/node/init/machine/images"
	"meho-acceptance/node/init/options"
	"meho-acceptance/node/init/supervise"
)

// Deadlines of the stages: generous beside what they take, and well under the 120 s that K3sContainer waits in all.
const (
	etcdDeadline       = 20 * time.Second
	containerdDeadline = 20 * time.Second
	apiServerDeadline  = 60 * time.Second
	objectsDeadline    = 30 * time.Second
	nodeDeadline       = 60 * time.Second
	agentDeadline      = 80 * time.Second
	dnsDeadline        = 90 * time.Second
)

// node is what the stages of a start share.
type node struct {
	options    options.Options
	log        *slog.Logger
	supervisor *supervise.Supervisor
	timeline   *timeline

	addresses  host.Addresses
	cgroup     string
	pauseImage string
	dnsImage   string
	client     kubernetes.Interface
	applier    *manifests.Applier

	// apiServerServes is closed when the API server is there with all its roles, runtimeServes when containerd is there
	// with the images the node came with.
	apiServerServes, runtimeServes chan struct{}
}

// start brings the node up to the point where everything k3s promises holds. What it starts lives on in the supervisor.
// What doesn't wait for each other runs side by side.
func (n *node) start(ctx context.Context) error {
	n.apiServerServes, n.runtimeServes = make(chan struct{}), make(chan struct{})
	if err := n.timeline.stage(ctx, "prepare", n.prepare); err != nil {
		return err
	}
	tarballs := n.tarballs()
	stages := []func(context.Context) error{
		inOrder(n.flavour().datastore, n.startAPIServer, n.startClients),
		inOrder(n.startContainerd, n.importing(tarballs)),
		after(n.apiServerServes, after(n.runtimeServes, n.startKubelet)),
	}
	if !n.options.Disabled["coredns"] {
		stages = append(stages, after(n.apiServerServes, inOrder(n.applyDNS, n.dnsAnswers)))
	}
	if n.options.NetworkPolicy {
		stages = append(stages, after(n.apiServerServes, n.policyIsEnforced))
	}
	if err := together(ctx, stages...); err != nil {
		return err
	}
	go tarballs.Watch(ctx)
	user := n.userManifests()
	user.Pass(ctx)
	go user.Watch(ctx)
	return ctx.Err()
}

// importing takes the tarballs that lie there before the node starts: what is applied next may need them.
func (n *node) importing(tarballs *images.Folder) func(context.Context) error {
	return func(ctx context.Context) error {
		return n.timeline.stage(ctx, "image tarballs", func(ctx context.Context) error {
			tarballs.Pass(ctx, time.Now())
			return nil
		})
	}
}
