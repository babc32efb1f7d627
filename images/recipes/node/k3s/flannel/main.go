// Command flannel is flannel with the backends that k3s offers and a machine like ours can run: host-gw and vxlan. Flannel's own
// program also links those of a cloud, whose SDK not every module proxy serves. What it does is what k3s does with the
// same packages: take the Node's own range, set up the backend, masquerade what leaves the pods' network, and write what
// the network of the pods is made from.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/hostgw"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	"github.com/flannel-io/flannel/pkg/ip"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
	"github.com/flannel-io/flannel/pkg/trafficmngr/iptables"
	"k8s.io/klog/v2"
)

const (
	// annotations of the Node start with it, as in every cluster with flannel.
	annotations = "flannel.alpha.coreos.com"
	// resyncSeconds is how often rules that someone else removed are put back.
	resyncSeconds = 60
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how the API server is reached")
	network := flag.String("net-conf", "", "flannel's configuration of the network, a JSON file")
	subnetFile := flag.String("subnet-file", "", "where to write the range and MTU of the node's pods")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, *kubeconfig, *network, *subnetFile); err != nil && ctx.Err() == nil {
		klog.Error(err)
		os.Exit(1)
	}
}

// run takes the node's name from NODE_NAME, as flannel does.
func run(ctx context.Context, kubeconfig, network, subnetFile string) error {
	manager, err := kube.NewSubnetManager(ctx, "", kubeconfig, annotations, network, false)
	if err != nil {
		return fmt.Errorf("speak with the API server: %w", err)
	}
	config, err := manager.GetNetworkConfig(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", network, err)
	}
	stack, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	if err != nil {
		return err
	}
	outside, err := ipmatch.LookupExtIface("", "", "", stack, ipmatch.PublicIPOpts{})
	if err != nil {
		return fmt.Errorf("find the interface to other nodes: %w", err)
	}
	kind, err := backend.NewManager(ctx, manager, outside).GetBackend(config.BackendType)
	if err != nil {
		return err
	}
	var running sync.WaitGroup
	registered, err := kind.RegisterNetwork(ctx, &running, config)
	if err != nil {
		return fmt.Errorf("set up %s: %w", config.BackendType, err)
	}
	rules := &iptables.IPTablesManager{}
	if err := rules.Init(ctx); err != nil {
		return err
	}
	if err := rules.SetupAndEnsureMasqRules(ctx, config.Network, ip.IP4Net{}, ip.IP4Net{}, config.IPv6Network, ip.IP6Net{}, ip.IP6Net{},
		registered.Lease(), resyncSeconds, false); err != nil {
		return fmt.Errorf("masquerade what leaves the pods' network: %w", err)
	}
	rules.SetupAndEnsureForwardRules(ctx, config.Network, config.IPv6Network, resyncSeconds)
	lease := registered.Lease()
	if err := manager.HandleSubnetFile(subnetFile, config, true, lease.Subnet, lease.IPv6Subnet, registered.MTU()); err != nil {
		return fmt.Errorf("write %s: %w", subnetFile, err)
	}
	if err := manager.CompleteLease(ctx, lease, &running); err != nil {
		return err
	}
	registered.Run(ctx)
	running.Wait()
	return errors.New("the network ended")
}
