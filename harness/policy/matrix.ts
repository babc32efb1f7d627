import type { SideDecision } from './evaluate.ts';
import type { Dialect, Endpoint, PodEndpoint, Protocol, World } from './world.ts';

/**
 * What a probe saw. A timeout (the packet was dropped) and a refusal (it was rejected) are denials; "could not probe"
 * says nothing about the network and is never taken for a denial.
 */
export type Answer = 'connected' | 'timed out' | 'refused' | 'could not probe';

/** Where probes start: in the network namespace of a pod. */
export interface Source {
  readonly id: string;
  /** As reports call it, e.g. `backplane pod`. */
  readonly title: string;
  readonly pod: PodEndpoint;
}

/** Where probes go. */
export interface Target {
  readonly id: string;
  readonly title: string;
  /** What the probe connects to: an IP address, or a name that the pod's resolver is asked for. */
  readonly host: string;
  readonly reachedBy: 'pod IP' | 'Service IP' | 'Service name' | 'address';
  readonly port: number;
  readonly protocol: Protocol;
  /** Whom the packet meets once a Service's address has been translated. */
  readonly endpoint: Endpoint;
  /** All whom it may meet, where a Service leads to several: from one of them the packet may come back to itself. */
  readonly behind?: readonly Endpoint[];
  /** The port at that endpoint, after translation. */
  readonly endpointPort: number;
}

/** What the contract says of a flow, given the values of the release. */
export interface Declared {
  readonly allowed: boolean;
  /** The rule of the contract that says so, e.g. `egress to Postgres: 10.9.0.3/32, 5432/TCP` or `default deny`. */
  readonly rule: string;
  /**
   * Which promise with a check of its own it belongs to; the matrix' own where absent. `dns` is what the contract closes
   * on DNS' port to the backplane, and nobody else closes.
   */
  readonly about?: 'broadcast' | 'dns';
}

/** What the NetworkPolicy objects on the cluster say of it. */
export interface Computed {
  readonly allowed: boolean;
  readonly egress: SideDecision;
  readonly ingress: SideDecision;
}

/** Why there was nothing to be seen. A name that doesn't resolve says something of DNS and nothing of the target. */
export type Obstacle = 'name not resolved' | 'no such program' | 'not run' | 'no answer of the probe' | 'error';

export interface Observed {
  readonly answer: Answer;
  /** With `could not probe` alone. */
  readonly obstacle?: Obstacle;
  readonly tookMs: number;
  /** What the probe printed, for whoever doubts the answer. */
  readonly evidence: string;
}

/**
 * The same flow as it is seen when it has to pass: with the release's policies taken off, before and after; or, where
 * nobody may take them off, from a pod that nothing restricts or the target from its own pod, at the same moment.
 */
export interface Control extends Observed {
  readonly kind: 'before' | 'after' | 'witness';
  /** E.g. `without the release's policies, before`. */
  readonly title: string;
}

/** One source and one target: the three tables side by side. */
export interface Cell {
  readonly source: Source;
  readonly target: Target;
  readonly declared: Declared;
  readonly computed: Computed;
  readonly observed: Observed;
  /** What makes a denial a proof: each of them has to have connected. */
  readonly controls: readonly Control[];
}

/** Something that was not measured, with the reason. */
export interface NotMeasured {
  readonly what: string;
  readonly why: string;
}

/** Everything that was measured on one cluster. */
export interface Matrix {
  readonly cells: readonly Cell[];
  /** The objects that `computed` was worked out from. */
  readonly world: World;
  readonly dialect: Dialect;
  /** How many probes were sent in all, those of the controls included. */
  readonly probes: number;
  readonly startedAt: string;
  readonly tookMs: number;
  /** Flows that were not probed at all, with the reason (e.g. SCTP: the kernel has no module for it). */
  readonly skipped: readonly NotMeasured[];
  /** What had to be probed and wasn't, e.g. because its pod is gone. Each is a finding: a cell left out is no proof. */
  readonly lost: readonly NotMeasured[];
}
