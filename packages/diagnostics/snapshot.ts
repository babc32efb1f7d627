import type { V1Ingress, V1IngressClass } from '@kubernetes/client-node';
import type { Event, Job, Json, Node, Pod, ReplicaSet } from '@meho/kube/api/resource';

export type Ingress = Json<V1Ingress>;

export interface Snapshot {
  readonly namespace: string;
  readonly pods: readonly Pod[];
  readonly jobs: readonly Job[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly ingresses: readonly Ingress[];
  readonly events: readonly Event[];
  /** Contents are never read. Undefined if not permitted. */
  readonly secretNames: readonly string[] | undefined;
  /** Undefined if not permitted. */
  readonly ingressClasses: readonly Json<V1IngressClass>[] | undefined;
  /** Only if a pod is unschedulable and listing is permitted. */
  readonly nodes: readonly Node[] | undefined;
  /** Log ends of failed containers, by `pod/container`. */
  readonly logs: ReadonlyMap<string, string>;
}

export const emptySnapshot: Snapshot = {
  namespace: 'none',
  pods: [],
  jobs: [],
  replicaSets: [],
  ingresses: [],
  events: [],
  secretNames: undefined,
  ingressClasses: undefined,
  nodes: undefined,
  logs: new Map(),
};
