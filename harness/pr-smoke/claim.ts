import type { V1Namespace } from '@kubernetes/client-node';
import type { Json } from '../kube/resource.ts';
import { managedByLabel, managedByValue, type RunIdentity, runLabel, runOf } from '../runs/identity.ts';
import { livenessOf } from '../runs/owner.ts';

type Namespace = Json<V1Namespace>;

/** What a pull request's namespace is known by (contract, pr-smoke). */
export const prSmokeManager = 'pr-smoke';
const prNumberLabel = 'meho.io/pr-number';
const namePrefix = 'meho-ci-';
/** The label of namespaces that rke2-access makes for a minute; they are called `meho-ci-verify-` and eight hex digits. */
export const accessManager = 'rke2-access';
export const accessNamePrefix = `${namePrefix}verify-`;
/** Annotation: how long the run may last in all, in whole seconds since the namespace was created. */
const lifetimeAnnotation = 'meho.io/run-at-most-seconds';

/** What a run that names no bound of its own may last: the contract's 12 minutes and as long again for its removal. */
const assumedLifetimeMs = 24 * 60_000;

export function namespaceOf(pr: number): string {
  return `${namePrefix}${pr}`;
}

/** Labels of a pull request's namespace, and all its objects that aren't the chart's. */
export function claimLabels(pr: number): Readonly<Record<string, string>> {
  return { [managedByLabel]: prSmokeManager, [prNumberLabel]: String(pr) };
}

/**
 * Annotations that tell whose namespace it is and for how long at most: by these a reaper knows whether the run is gone,
 * without the run having to say again and again that it lives.
 */
export function claimAnnotations(run: RunIdentity, lifetimeMs: number): Readonly<Record<string, string>> {
  const { [managedByLabel]: _, ...identity } = run.labels;
  return { ...identity, [lifetimeAnnotation]: String(Math.ceil(lifetimeMs / 1000)) };
}

/** The pull request whose smoke made this namespace; undefined for one that isn't ours: name and both labels must agree. */
export function claimedPr({ metadata }: Namespace): number | undefined {
  const pr = metadata?.labels?.[prNumberLabel];
  const ours =
    metadata?.labels?.[managedByLabel] === prSmokeManager &&
    pr !== undefined &&
    /^[1-9]\d{0,9}$/.test(pr) &&
    metadata.name === namespaceOf(Number(pr));
  return ours ? Number(pr) : undefined;
}

/** Whether rke2-access made this namespace: name and label must agree. */
export function isOfAccessCheck({ metadata }: Namespace): boolean {
  const { name = '', labels } = metadata ?? {};
  return labels?.[managedByLabel] === accessManager && new RegExp(`^${accessNamePrefix}[0-9a-f]{8}$`).test(name);
}

/** Id of the run that made it, where it names one. */
export function runIdOf({ metadata }: Namespace): string | undefined {
  return metadata?.annotations?.[runLabel];
}

/** Whether the run that made a namespace may still be at work, and how that is known. */
export interface RunState {
  readonly gone: boolean;
  readonly why: string;
}

/**
 * A run is gone when its process on this machine is, or, where that can't be seen from here, when it is past the bound
 * that every run keeps. One whose process is still there is never taken for gone.
 */
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
