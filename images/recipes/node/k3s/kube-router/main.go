// Command kube-router is kube-router's network policy controller alone, as k3s links it: no routes, no Services, and
// none of the libraries that those need.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

const (
	module = "github.com/cloudnativelabs/kube-router/v2"
	// cacheDeadline is generous beside what a first list takes.
	cacheDeadline = time.Minute
	// heartbeats is the room of upstream's own channel.
	heartbeats = 10
)

func main() {
	version := flag.Bool("version", false, "say which release this is")
	kubeconfig := flag.String("kubeconfig", "", "how the API server is reached")
	config := options.NewKubeRouterConfig()
	flag.StringVar(&config.HostnameOverride, "hostname-override", "", "the node's name")
	services := flag.String("service-cluster-ip-range", "", "the range of Services' addresses")
	flag.Parse()
	if *version {
		fmt.Println(linked())
		return
	}
	config.ClusterIPCIDRs = []string{*services}
	config.EnableIPv4, config.EnableIPv6 = true, false
	config.RunFirewall, config.RunRouter, config.RunServiceProxy = true, false, false
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, *kubeconfig, config); err != nil && ctx.Err() == nil {
		klog.Error(err)
		os.Exit(1)
	}
}

// linked is the release that this program was made of.
func linked() string {
	info, known := debug.ReadBuildInfo()
	if known {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				return dependency.Version
			}
		}
	}
	return "of an unknown release"
}

// run wires the controller as k3s does.
func run(ctx context.Context, kubeconfig string, config *options.KubeRouterConfig) error {
	access, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(access)
	if err != nil {
		return err
	}
	iptables, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	limited, cancel := context.WithTimeout(ctx, cacheDeadline)
	defer cancel()
	if !cache.WaitForCacheSync(limited.Done(), pods.HasSynced, namespaces.HasSynced, policies.HasSynced) {
		return errors.New("pods, namespaces and policies could not be listed in time")
	}
	controller, err := netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &sync.Mutex{}, iptables, sets)
	if err != nil {
		return err
	}
	for informer, handler := range map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		pods: controller.PodEventHandler, namespaces: controller.NamespaceEventHandler, policies: controller.NetworkPolicyEventHandler,
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	health, err := healthcheck.NewHealthController(config)
	if err != nil {
		return err
	}
	health.SetAlive()
	var running sync.WaitGroup
	running.Add(2)
	heard := make(chan *healthcheck.ControllerHeartbeat, heartbeats)
	go health.RunCheck(heard, ctx.Done(), &running)
	controller.Run(heard, ctx.Done(), &running)
	return errors.New("the controller ended")
}
