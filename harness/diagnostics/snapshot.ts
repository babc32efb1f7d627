import type {
  CoreV1Event,
  V1Deployment,
  V1Ingress,
  V1IngressClass,
  V1Job,
  V1Pod,
  V1ReplicaSet,
} from '@kubernetes/client-node';

/** What a namespace looked like at one moment, as far as a stalled installation can be explained from it. */
export interface Snapshot {
  readonly namespace: string;
  readonly pods: readonly V1Pod[];
  readonly jobs: readonly V1Job[];
  readonly deployments: readonly V1Deployment[];
  readonly replicaSets: readonly V1ReplicaSet[];
  readonly ingresses: readonly V1Ingress[];
  readonly events: readonly CoreV1Event[];
  /** Names only: contents of Secrets are never read. Undefined where the identity may not list them. */
  readonly secretNames: readonly string[] | undefined;
  /** Undefined where the identity may not list cluster-scoped objects. */
  readonly ingressClasses: readonly V1IngressClass[] | undefined;
  /** End of the log of a container that ended or keeps ending, by `pod/container`. */
  readonly logs: ReadonlyMap<string, string>;
}

export const emptySnapshot: Snapshot = {
  namespace: 'none',
  pods: [],
  jobs: [],
  deployments: [],
  replicaSets: [],
  ingresses: [],
  events: [],
  secretNames: undefined,
  ingressClasses: undefined,
  logs: new Map(),
};
