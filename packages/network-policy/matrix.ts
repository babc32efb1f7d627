import type {
  ClusterPolicies,
  Endpoint,
  EngineSemantics,
  PodEndpoint,
  Protocol,
} from './semantics/cluster-policies.ts';
import type { SideDecision } from './semantics/evaluate.ts';

/**
 * A timeout (packet dropped) and a refusal (rejected) are denials; "could not probe" says nothing about the network and
 * is never one.
 */
export type ProbeAnswer = 'connected' | 'timed out' | 'refused' | 'could not probe';

/** Probes start in a pod's network namespace. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly pod: PodEndpoint;
}

export interface Target {
  readonly id: string;
  readonly title: string;
  /** An IP address, or a name for the pod's resolver. */
  readonly host: string;
  readonly reachedBy: 'pod IP' | 'Service IP' | 'Service name' | 'address';
  readonly port: number;
  readonly protocol: Protocol;
  /** After translation of a Service's address. */
  readonly endpoint: Endpoint;
  /** All backends of a Service: one may be the sender itself. */
  readonly behind?: readonly Endpoint[];
  /** After translation. */
  readonly endpointPort: number;
}

/** For the release's values. */
export interface Declared {
  readonly allowed: boolean;
  /** E.g. `egress to Postgres: 10.9.0.3/32, 5432/TCP` or `default deny`. */
  readonly rule: string;
  /**
   * Promise with its own check; defaults to the matrix's. `dns` is what only the contract's egress rules close, on DNS'
   * port.
   */
  readonly about?: 'broadcast' | 'dns';
}

export interface Computed {
  readonly allowed: boolean;
  readonly egress: SideDecision;
  readonly ingress: SideDecision;
}

/** An unresolved name shows something of DNS, not of the target. */
export type Obstacle = 'name not resolved' | 'no such program' | 'not run' | 'no answer of the probe' | 'error';

export interface Observed {
  readonly answer: ProbeAnswer;
  /** Only with `could not probe`. */
  readonly obstacle?: Obstacle;
  readonly tookMs: number;
  readonly evidence: string;
}

/**
 * The same flow when it must pass: before and after, with the release's policies disabled; or, where that isn't
 * allowed, at the same time from an unrestricted pod or the target's own.
 */
export interface Control extends Observed {
  readonly kind: 'before' | 'after' | 'witness';
  /** E.g. `without the release's policies, before`. */
  readonly title: string;
}

export interface Cell {
  readonly source: Source;
  readonly target: Target;
  readonly declared: Declared;
  readonly computed: Computed;
  readonly observed: Observed;
  /** A denial is a proof only if all of them connected. */
  readonly controls: readonly Control[];
}

export interface NotMeasured {
  readonly what: string;
  readonly why: string;
}

export interface Matrix {
  readonly cells: readonly Cell[];
  readonly policies: ClusterPolicies;
  readonly semantics: EngineSemantics;
  readonly probes: number;
  readonly startedAt: string;
  readonly tookMs: number;
  /** Not probed, e.g. SCTP without a kernel module. */
  readonly skipped: readonly NotMeasured[];
  /** Required but not probed, e.g. because the pod is gone. Each is a finding. */
  readonly lost: readonly NotMeasured[];
}
