import type { V1Namespace } from '@kubernetes/client-node';
import { managedByLabel, managedByValue, type RunIdentity, runLabel, runOf } from '@meho/core/runs/identity';
import { livenessOf } from '@meho/core/runs/owner';
import type { Json } from '@meho/kube/api/resource';

type Namespace = Json<V1Namespace>;

/** Contract, pr-smoke. */
export const prSmokeManager = 'pr-smoke';
const prNumberLabel = 'meho.io/pr-number';
const namePrefix = 'meho-ci-';
/** For namespaces that rke2-access creates briefly: `meho-ci-verify-` and eight hex digits. */
export const accessManager = 'rke2-access';
export const accessNamePrefix = `${namePrefix}verify-`;
/** The run's limit in whole seconds after the namespace's creation. */
const lifetimeAnnotation = 'meho.io/run-at-most-seconds';

/** For a run that names no limit: the contract's 12 minutes, and as long again for removal. */
const assumedLifetimeMs = 24 * 60_000;

export function namespaceOf(pr: number): string {
  return `${namePrefix}${pr}`;
}

/** Also for objects outside the chart. */
export function claimLabels(pr: number): Readonly<Record<string, string>> {
  return { [managedByLabel]: prSmokeManager, [prNumberLabel]: String(pr) };
}

/** Let a reaper identify a dead run without heartbeats. */
export function claimAnnotations(run: RunIdentity, lifetimeMs: number): Readonly<Record<string, string>> {
  const { [managedByLabel]: _, ...identity } = run.labels;
  return { ...identity, [lifetimeAnnotation]: String(Math.ceil(lifetimeMs / 1000)) };
}

/** Undefined unless the name and both labels agree. */
export function claimedPr({ metadata }: Namespace): number | undefined {
  const pr = metadata?.labels?.[prNumberLabel];
  const ours =
    metadata?.labels?.[managedByLabel] === prSmokeManager &&
    pr !== undefined &&
    /^[1-9]\d{0,9}$/.test(pr) &&
    metadata.name === namespaceOf(Number(pr));
  return ours ? Number(pr) : undefined;
}

/** Name and label must agree. */
export function isOfAccessCheck({ metadata }: Namespace): boolean {
  const { name = '', labels } = metadata ?? {};
  return labels?.[managedByLabel] === accessManager && new RegExp(`^${accessNamePrefix}[0-9a-f]{8}$`).test(name);
}

export function runIdOf({ metadata }: Namespace): string | undefined {
  return metadata?.annotations?.[runLabel];
}

export interface RunState {
  readonly gone: boolean;
  readonly why: string;
}

/** A run is gone when its process on this machine is; if that is unknown, when its limit has passed. */
export async function runState({ metadata }: Namespace, ageMs: number): Promise<RunState> {
  const annotations = metadata?.annotations ?? {};
  const run = runOf({ ...annotations, [managedByLabel]: managedByValue });
  const liveness = run === undefined ? 'unknown' : await livenessOf(run.owner, Date.parse(run.createdAt));
  if (liveness === 'alive') {
    return { gone: false, why: `its run ${run?.id} is process ${run?.owner.pid} of this machine, which is at work` };
  }
  if (liveness === 'dead') {
    return { gone: true, why: `its run ${run?.id} was process ${run?.owner.pid} of this machine, which has ended` };
  }
  const seconds = annotations[lifetimeAnnotation];
  const lifetimeMs = seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : assumedLifetimeMs;
  const bound = `${Math.ceil(lifetimeMs / 60_000)} min that a run may last`;
  return ageMs >= lifetimeMs
    ? { gone: true, why: `it is past the ${bound}` }
    : { gone: false, why: `it is within the ${bound}` };
}
