package server

import (
	"strings"
	"time"
)

// Each wave may take this long; three waves stay well within the 10 s that `docker stop` gives.
const patience = 2500 * time.Millisecond

// waves are stopped one after the other: first who uses the API server, then it, then what it stands on.
var waves = [][]string{
	{"kubelet", "kube-proxy", "cilium-agent", "kube-router", "flannel", "kube-controller-manager", "kube-scheduler"},
	{"kube-apiserver"},
	{"etcd", "kine", "containerd"},
}

// stop ends every component and hands on why. Pods go with the container, whose end kills what is left.
func (n *node) stop(cause error) error {
	begun := time.Now()
	for _, wave := range waves {
		if killed := n.supervisor.Stop(patience, wave...); len(killed) > 0 {
			n.log.Info("killed after "+patience.String(), "components", strings.Join(killed, ","))
		}
	}
	n.log.Info("stopped", "took", seconds(time.Since(begun)))
	return cause
}
