import type { Node, Pod } from '@meho/kube/api/resource';
import type { Recogniser } from '../cause.ts';
import { isUnschedulable, podName } from '../pods.ts';

export const unschedulable: Recogniser = ({ pods, nodes = [], namespace }) =>
  pods.filter(isUnschedulable).map((pod) => {
    const message = messageOf(pod);
    const object = `Pod ${podName(pod)}`;
    const expected = 'a node that takes the pod';
    // Newer schedulers don't name the taint.
    if (message.includes('untolerated taint')) {
      const taints = nodes.flatMap(keepingOut);
      return {
        id: 'node-tainted',
        object,
        expected,
        observed: taints.length === 0 ? message : `${message} Seen on ${taints.join(', ')}`,
        next: 'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints',
        graceMs: 5000,
      };
    }
    const next = `kubectl describe pod ${podName(pod)} --namespace ${namespace}`;
    return { id: 'unschedulable', object, expected, observed: message, next, graceMs: 5000 };
  });

function messageOf({ status }: Pod): string {
  return status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'no message';
}

/** Taints that exclude pods without a toleration, as kubectl writes them. */
function keepingOut({ metadata, spec }: Node): readonly string[] {
  const taints = (spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
  return taints.map(
    ({ key, value, effect }) =>
      `node ${metadata?.name ?? '(unnamed)'}: ${key}${value === undefined ? '' : `=${value}`}:${effect}`,
  );
}
