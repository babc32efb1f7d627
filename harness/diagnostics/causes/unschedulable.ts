import type { Recogniser } from '../cause.ts';
import { podName } from '../pods.ts';

/** No node takes the pod: taints, resources, affinity. */
export const unschedulable: Recogniser = ({ pods, namespace }) =>
  pods.flatMap((pod) => {
    const condition = pod.status?.conditions?.find((candidate) => candidate.type === 'PodScheduled');
    if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') {
      return [];
    }
    const message = condition.message ?? 'no message';
    // Newer schedulers say only that there is one: `next` lists which.
    const isTainted = message.includes('untolerated taint');
    return [
      {
        id: isTainted ? 'node-tainted' : 'unschedulable',
        object: `Pod ${podName(pod)}`,
        expected: 'a node that takes the pod',
        observed: message,
        next: isTainted
          ? 'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints'
          : `kubectl describe pod ${podName(pod)} --namespace ${namespace}`,
        graceMs: 5000,
      },
    ];
  });
