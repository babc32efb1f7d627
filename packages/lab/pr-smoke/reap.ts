import type { V1Namespace } from '@kubernetes/client-node';
import { Hiccups } from '@meho/core/http/hiccups';
import { TransportError } from '@meho/core/http/transport-error';
import { messageOf } from '@meho/core/problem';
import { managedByLabel } from '@meho/core/runs/identity';
import type { KubeApi } from '@meho/kube/api/api';
import { NotKubernetes } from '@meho/kube/api/not-kubernetes';
import { type Json, namespaces } from '@meho/kube/api/resource';
import { deleteNamespace } from '@meho/kube/workloads/namespace';
import { accessManager, claimedPr, isOfAccessCheck, prSmokeManager, runState } from './claim.ts';
import { uidOf } from './namespace.ts';

export interface ReapedNamespace {
  readonly namespace: string;
  readonly did: 'removed' | 'would remove' | 'left' | 'failed';
  readonly why: string;
}

export interface ReapOptions {
  /** API server's time in epoch milliseconds. */
  readonly now: number;
  readonly olderThanMs: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onReaped: (reaped: ReapedNamespace) => void;
}

const removalDeadlineMs = 120_000;

/** @throws KubeError, TransportError, NotKubernetes */
export async function findMarkedNamespaces(api: KubeApi, signal: AbortSignal): Promise<readonly Json<V1Namespace>[]> {
  const labels = `${managedByLabel} in (${prSmokeManager},${accessManager})`;
  return (await api.list(namespaces, { labels }, { signal })).items;
}

/**
 * Removes old namespaces of a smoke or rke2-access (name and labels agree) whose run is gone; reports why others stay.
 */
export async function reap(
  api: KubeApi,
  found: readonly Json<V1Namespace>[],
  { onReaped, ...how }: ReapOptions,
): Promise<readonly ReapedNamespace[]> {
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
  { now, olderThanMs, dryRun, signal }: Omit<ReapOptions, 'onReaped'>,
): Promise<ReapedNamespace> {
  const namespace = found.metadata?.name ?? '';
  const left = (why: string): ReapedNamespace => ({ namespace, did: 'left', why });
  if (claimedPr(found) === undefined && !isOfAccessCheck(found)) {
    return left("its name and labels don't agree: no smoke has made it so");
  }
  const ageMs = now - Date.parse(found.metadata?.creationTimestamp ?? '');
  // True for an unknown age, too.
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

/** Picks a readable unit: nobody reads 479836 min. */
function span(ms: number): string {
  const units = [
    [86_400_000, 'days'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  const [size, name] = units.find(([size]) => ms >= 2 * size) ?? [1000, 's'];
  return `${Math.round(ms / size)} ${name}`;
}
