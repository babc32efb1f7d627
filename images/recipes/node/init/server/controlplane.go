package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"meho-acceptance/node/init/cluster/bootstrap"
	"meho-acceptance/node/init/cluster/manifests"
	"meho-acceptance/node/init/cluster/ready"
	"meho-acceptance/node/init/components"
	"meho-acceptance/node/init/identity/credentials"
	"meho-acceptance/node/init/machine/layout"
	"meho-acceptance/node/init/supervise"
	"meho-acceptance/node/init/wait"
)

func (n *node) startEtcd(ctx context.Context) error {
	return n.timeline.stage(ctx, "etcd", func(ctx context.Context) error {
		if err := n.supervisor.Start(components.Etcd()); err != nil {
			return err
		}
		client, err := etcdClient()
		if err != nil {
			return err
		}
		return wait.For(ctx, "etcd to be healthy", etcdDeadline, func(ctx context.Context) error {
			return healthy(ctx, client, "https://127.0.0.1:2379/health")
		})
	})
}

func etcdClient() (*http.Client, error) {
	pair, err := tls.LoadX509KeyPair(layout.Certificate("etcd-client"), layout.Key("etcd-client"))
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(layout.Certificate("etcd-ca"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots},
	}}, nil
}

func healthy(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 500))
	return fmt.Errorf("%s answers %s %s (%v)", url, response.Status, body, err)
}

// startAPIServer ends when it serves, with the roles Kubernetes ships and those of the node's own certificates.
func (n *node) startAPIServer(ctx context.Context) error {
	if err := n.timeline.stage(ctx, "kube-apiserver", func(ctx context.Context) error {
		if err := n.supervisor.Start(components.APIServer(n.options, n.addresses)); err != nil {
			return err
		}
		if err := n.connect(); err != nil {
			return err
		}
		return wait.For(ctx, "kube-apiserver to be ready", apiServerDeadline, ready.APIServer(n.client))
	}); err != nil {
		return err
	}
	return n.timeline.stage(ctx, "the node's own objects", func(ctx context.Context) error {
		texts, err := n.flavour().objects()
		if err != nil {
			return err
		}
		texts = append(texts, bootstrap.RBAC)
		works := []func(context.Context) error{func(ctx context.Context) error {
			return registerNode(ctx, n.client, n.options, n.addresses.Node)
		}}
		for _, text := range texts {
			works = append(works, func(ctx context.Context) error { return n.apply(ctx, text) })
		}
		if err := together(ctx, works...); err != nil {
			return err
		}
		return credentials.PublishAdmin(n.options.KubeconfigMode)
	})
}

// connect makes the clients; nothing is sent yet.
func (n *node) connect() error {
	config, err := clientcmd.BuildConfigFromFlags("", layout.Kubeconfig(credentials.Admin))
	if err != nil {
		return err
	}
	// The node is the only one who speaks with these: no need to be slowed down for the sake of others.
	config.QPS, config.Burst = 200, 400
	if n.client, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	n.applier, err = manifests.NewApplier(config)
	return err
}

func (n *node) apply(ctx context.Context, text []byte) error {
	return wait.For(ctx, "the node's own objects to be applied", objectsDeadline, func(ctx context.Context) error {
		_, err := n.applier.Apply(ctx, text)
		return err
	})
}

// startClients starts all that needs nothing but the API server.
func (n *node) startClients(context.Context) error {
	close(n.apiServerServes)
	clients := []supervise.Component{
		components.ControllerManager(n.options), components.Scheduler(n.options), components.KubeProxy(n.options),
	}
	if n.options.NetworkPolicy {
		clients = append(clients, n.flavour().policyEngine(n.options))
	}
	for _, client := range clients {
		if err := n.supervisor.Start(client); err != nil {
			return err
		}
	}
	return nil
}
