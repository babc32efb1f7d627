package server

import (
	"context"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"meho-acceptance/node/init/options"
)

// registerNode makes the Node before its kubelet does, with the range of addresses that the controller manager would
// give it: the policy engine waits for that range, and so needn't wait for those two. The role is k3s' label, which a
// kubelet may not give itself. After a restart the Node is there already.
func registerNode(ctx context.Context, client kubernetes.Interface, o options.Options, address netip.Addr) error {
	pods := o.PodCIDR().String()
	node, err := client.CoreV1().Nodes().Create(ctx, &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name:   o.NodeName,
			Labels: map[string]string{"node-role.kubernetes.io/control-plane": "true"},
			// One that k3s gives too. Flannel 0.28.10 panics on a Node that has none at all.
			Annotations: map[string]string{"k3s.io/hostname": o.NodeName},
		},
		Spec: corev1.NodeSpec{PodCIDR: pods, PodCIDRs: []string{pods}},
	}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	if err != nil {
		return err
	}
	node.Status.Addresses = []corev1.NodeAddress{
		{Type: corev1.NodeInternalIP, Address: address.String()},
		{Type: corev1.NodeHostName, Address: o.NodeName},
	}
	_, err = client.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{})
	if apierrors.IsConflict(err) {
		return nil // Someone who knows better was quicker.
	}
	return err
}
