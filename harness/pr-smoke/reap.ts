import type { V1Namespace } from '@kubernetes/client-node';
import { Hiccups } from '../http/hiccups.ts';
import { TransportError } from '../http/transport-error.ts';
import type { KubeApi } from '../kube/api.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { NotKubernetes } from '../kube/not-kubernetes.ts';
import { type Json, namespaces } from '../kube/resource.ts';
import { messageOf } from '../problem.ts';
import { managedByLabel } from '../runs/identity.ts';
import { accessManager, claimedPr, isOfAccessCheck, prSmokeManager, runState } from './claim.ts';
import { uidOf } from './namespace.ts';

/** A namespace that was looked at, and what became of it. */
export interface Reaped {
  readonly namespace: string;
  readonly did: 'removed' | 'would remove' | 'left' | 'failed';
  readonly why: string;
}

export interface Reap {
  /** The API server's time, in milliseconds since 1970. */
  readonly now: number;
  readonly olderThanMs: number;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onReaped: (reaped: Reaped) => void;
}

const removalDeadlineMs = 120_000;

/** Namespaces that say that they are a smoke's or rke2-access's. @throws KubeError, TransportError, NotKubernetes */
export async function marked(api: KubeApi, signal: AbortSignal): Promise<readonly Json<V1Namespace>[]> {
  const labels = `${managedByLabel} in (${prSmokeManager},${accessManager})`;
  return (await api.list(namespaces, { labels }, { signal })).items;
}

/**
 * Removes what smokes of pull requests that are gone have left: namespaces with the name and both labels of a smoke, or
 * with those of rke2-access, older than asked, whose run is gone. Everything else is left alone; what looks like ours and isn't, with its reason.
 */
export async function reap(
  api: KubeApi,
  found: readonly Json<V1Namespace>[],
  { onReaped, ...how }: Reap,
): Promise<readonly Reaped[]> {
  return Promise.all(
    found.map(async (each) => {
      const reaped = await judge(api, each, how);
      onReaped(reaped);
      return reaped;
    }),
  );
}

async function judge(
  api: KubeApi,
  found: Json<V1Namespace>,
  { now, olderThanMs, dryRun, signal }: Omit<Reap, 'onReaped'>,
): Promise<Reaped> {
  const namespace = found.metadata?.name ?? '';
  const left = (why: string): Reaped => ({ namespace, did: 'left', why });
  if (claimedPr(found) === undefined && !isOfAccessCheck(found)) {
    return left("its name and labels don't agree: no smoke has made it so");
  }
  const ageMs = now - Date.parse(found.metadata?.creationTimestamp ?? '');
  // Also where the age isn't known.
  if (!(ageMs >= olderThanMs)) {
    return left(
      Number.isNaN(ageMs)
        ? 'the API server does not say when it was created'
        : `it is ${span(ageMs)} old, younger than ${span(olderThanMs)}`,
    );
  }
  const state = await runState(found, ageMs);
  if (!state.gone) {
    return left(`it is ${span(ageMs)} old, but ${state.why}`);
  }
  const why = `it is ${span(ageMs)} old, and ${state.why}`;
  if (dryRun) {
    return { namespace, did: 'would remove', why };
  }
  const hiccups = new Hiccups();
  const told = (text: string) => (hiccups.line === undefined ? text : `${text}; ${hiccups.line}`);
  try {
    const options = { ...uidOf(found), deadlineMs: removalDeadlineMs, signal };
    await hiccups.during(() => deleteNamespace(api, namespace, options));
    return { namespace, did: 'removed', why: told(why) };
  } catch (error) {
    signal.throwIfAborted();
    const isUnseen = error instanceof NotKubernetes || error instanceof TransportError;
    const outcome = isUnseen ? 'whether it is gone is not known' : 'could not be removed';
    return { namespace, did: 'failed', why: `${outcome}: ${told(messageOf(error))}` };
  }
}

/** In the unit in which at least two of it have passed: nobody reads that a namespace is 479836 min old. */
function span(ms: number): string {
  const units = [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  const [size, name] = units.find(([size]) => ms >= 2 * size) ?? [1000, 's'];
  return `${Math.round(ms / size)} ${name}`;
}
