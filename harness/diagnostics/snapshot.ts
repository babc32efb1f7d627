import type { V1Ingress, V1IngressClass } from '@kubernetes/client-node';
import type { Event, Job, Json, Node, Pod, ReplicaSet } from '../kube/resource.ts';

export type Ingress = Json<V1Ingress>;

/** What a namespace looked like at one moment, as far as a stalled installation can be explained from it. */
export interface Snapshot {
  readonly namespace: string;
  readonly pods: readonly Pod[];
  readonly jobs: readonly Job[];
  readonly replicaSets: readonly ReplicaSet[];
  readonly ingresses: readonly Ingress[];
  readonly events: readonly Event[];
  /** Names only: contents of Secrets are never read. Undefined where the identity may not list them. */
  readonly secretNames: readonly string[] | undefined;
  /** Undefined where the identity may not list cluster-scoped objects. */
  readonly ingressClasses: readonly Json<V1IngressClass>[] | undefined;
  /** Looked at while a pod finds none. Undefined otherwise, and where the identity may not list them. */
  readonly nodes: readonly Node[] | undefined;
  /** End of the log of a container that ended or keeps ending, by `pod/container`. */
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
