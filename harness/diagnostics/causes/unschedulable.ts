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
    const taint = /untolerated taint(?:\(s\))? \{([^}]*)\}/.exec(message)?.[1];
    return [
      {
        id: taint === undefined ? 'unschedulable' : 'node-tainted',
        object: `Pod ${podName(pod)}`,
        expected: 'a node that takes the pod',
        observed: message,
        next:
          taint === undefined
            ? `kubectl describe pod ${podName(pod)} --namespace ${namespace}`
            : 'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints',
        graceMs: 5000,
      },
    ];
  });
