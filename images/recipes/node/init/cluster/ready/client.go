// Package ready looks at the node as its users will: is it Ready, does DNS answer, is policy enforced.
package ready

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// APIServer finds a fault until the API server has started in full.
func APIServer(client kubernetes.Interface) func(context.Context) error {
	return func(ctx context.Context) error {
		answer, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		if err != nil && len(answer) > 0 {
			return fmt.Errorf("%w: %s", err, answer)
		}
		return err
	}
}

// Node finds a fault until the kubelet calls the node Ready, and has done so since a time: what a kubelet said before a
// restart says nothing about the one that runs now. The API knows times to the second.
func Node(client kubernetes.Interface, name string, since time.Time) func(context.Context) error {
	since = since.Truncate(time.Second)
	return func(ctx context.Context) error {
		node, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, condition := range node.Status.Conditions {
			if condition.Type != corev1.NodeReady {
				continue
			}
			if condition.LastHeartbeatTime.Time.Before(since) {
				return fmt.Errorf("the kubelet was last heard of at %s", condition.LastHeartbeatTime)
			}
			if condition.Status == corev1.ConditionTrue {
				return nil
			}
			return fmt.Errorf("Ready is %s: %s", condition.Status, condition.Message)
		}
		return fmt.Errorf("node %s has no condition Ready yet", name)
	}
}
