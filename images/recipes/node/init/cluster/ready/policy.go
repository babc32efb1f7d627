package ready

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"meho-acceptance/node/init/wait"
)

const (
	probeNamespace = "kube-system"
	probeName      = "node-policy-probe"
)

// Deadlines of the probe's steps. The pod's covers the compilation of the first BPF programs.
const (
	podDeadline    = 80 * time.Second
	policyDeadline = 15 * time.Second
)

// PolicyProbe shows that NetworkPolicy is enforced: a pod reaches the API server's Service, no longer when a policy
// denies it all egress, and again without the policy.
type PolicyProbe struct {
	Client kubernetes.Interface
	// Image is one that does nothing; the probe enters the pod's network from outside.
	Image  string
	Target netip.AddrPort
	// Refuses says that this engine answers what it denies. It is a denial only because the same connection was possible
	// before and is again afterwards.
	Refuses bool
}

// Run makes the probe and clears away what it made.
func (p *PolicyProbe) Run(ctx context.Context) (err error) {
	if err := p.clear(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.clear(context.WithoutCancel(ctx))) }()
	if err := wait.For(ctx, "a pod that probes policy to be accepted", policyDeadline, p.createPod); err != nil {
		return err
	}
	var pod network
	if err := wait.For(ctx, "the pod that probes policy to have a network", podDeadline, func(ctx context.Context) error {
		pod, err = p.podNetwork(ctx)
		return err
	}); err != nil {
		return err
	}
	reaches := func(ctx context.Context) error { return pod.dial(ctx, p.Target) }
	if err := wait.For(ctx, "a pod without policy to reach the API server", policyDeadline, reaches); err != nil {
		return err
	}
	if _, err := p.Client.NetworkingV1().NetworkPolicies(probeNamespace).Create(ctx, denyEgress(), metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := wait.For(ctx, "a pod under a policy without egress to be cut off", policyDeadline, func(ctx context.Context) error {
		return cutOff(pod.dial(ctx, p.Target), p.Refuses)
	}); err != nil {
		return err
	}
	if err := p.deletePolicy(ctx); err != nil {
		return err
	}
	return wait.For(ctx, "a pod whose policy is gone to reach the API server again", policyDeadline, reaches)
}

// cutOff wants a timeout where the policy engine drops, and takes a refusal where it refuses. Any other answer came from
// somewhere else, or the probe itself failed. An engine that refuses also times out: Linux limits how often it tells.
func cutOff(err error, refuses bool) error {
	switch {
	case err == nil:
		return errors.New("it still connects")
	case errors.Is(err, errTimeout), refuses && errors.Is(err, unix.ECONNREFUSED):
		return nil
	default:
		return fmt.Errorf("the probe could not be made: %w", err)
	}
}

func (p *PolicyProbe) createPod(ctx context.Context) error {
	no, never := false, int64(0)
	_, err := p.Client.CoreV1().Pods(probeNamespace).Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: probeName, Labels: probeLabels},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken:  &no,
			EnableServiceLinks:            &no,
			TerminationGracePeriodSeconds: &never,
			Tolerations:                   []corev1.Toleration{{Operator: corev1.TolerationOpExists}},
			PriorityClassName:             "system-node-critical",
			Containers: []corev1.Container{{
				Name: "pause", Image: p.Image, ImagePullPolicy: corev1.PullNever,
			}},
		},
	}, metav1.CreateOptions{})
	return err
}

var probeLabels = map[string]string{"app.kubernetes.io/name": probeName}

func denyEgress() *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: probeName},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: probeLabels},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress},
		},
	}
}

func (p *PolicyProbe) podNetwork(ctx context.Context) (network, error) {
	pod, err := p.Client.CoreV1().Pods(probeNamespace).Get(ctx, probeName, metav1.GetOptions{})
	if err != nil {
		return network{}, err
	}
	if pod.Status.PodIP == "" {
		return network{}, fmt.Errorf("the pod is %s and has no address", pod.Status.Phase)
	}
	address, err := netip.ParseAddr(pod.Status.PodIP)
	if err != nil {
		return network{}, err
	}
	return networkOf(ctx, address)
}

func (p *PolicyProbe) deletePolicy(ctx context.Context) error {
	return unlessGone(p.Client.NetworkingV1().NetworkPolicies(probeNamespace).Delete(ctx, probeName, metav1.DeleteOptions{}))
}

// clear removes policy and pod, also those of a start that was broken off, and waits for the pod's name to be free.
func (p *PolicyProbe) clear(ctx context.Context) error {
	pods := p.Client.CoreV1().Pods(probeNamespace)
	now := int64(0)
	return errors.Join(
		p.deletePolicy(ctx),
		unlessGone(pods.Delete(ctx, probeName, metav1.DeleteOptions{GracePeriodSeconds: &now})),
		wait.For(ctx, "the pod that probed policy to be gone", policyDeadline, func(ctx context.Context) error {
			_, err := pods.Get(ctx, probeName, metav1.GetOptions{})
			if err == nil {
				return errors.New("it is still there")
			}
			return unlessGone(err)
		}),
	)
}

func unlessGone(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
