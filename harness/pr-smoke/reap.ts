import type { V1Namespace } from '@kubernetes/client-node';
import { Hiccups } from '../http/hiccups.ts';
import type { KubeApi } from '../kube/api.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { type Json, namespaces } from '../kube/resource.ts';
import { serverTime } from '../kube/who-am-i.ts';
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
  readonly olderThanMs: number;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onReaped: (reaped: Reaped) => void;
}

const removalDeadlineMs = 120_000;

/**
 * Removes what smokes of pull requests that are gone have left: namespaces with the name and both labels of a smoke, or
 * with those of rke2-access, older than asked, whose run is gone. Everything else is left alone; what looks like ours and isn't, with its reason.
 *
 * @throws KubeError, TransportError, NotKubernetes where the namespaces can't be listed
 */
export async function reap(api: KubeApi, { olderThanMs, dryRun, signal, onReaped }: Reap): Promise<readonly Reaped[]> {
  const now = await serverTime(api, signal);
  const { items } = await api.list(
    namespaces,
    { labels: `${managedByLabel} in (${prSmokeManager},${accessManager})` },
    { signal },
  );
  return Promise.all(
    items.map(async (found) => {
      const reaped = await judge(api, found, { now, olderThanMs, dryRun, signal });
      onReaped(reaped);
      return reaped;
    }),
  );
}

async function judge(
  api: KubeApi,
  found: Json<V1Namespace>,
  { now, olderThanMs, dryRun, signal }: { readonly now: number } & Omit<Reap, 'onReaped'>,
): Promise<Reaped> {
  const namespace = found.metadata?.name ?? '';
  const left = (why: string): Reaped => ({ namespace, did: 'left', why });
  if (claimedPr(found) === undefined && !isOfAccessCheck(found)) {
    return left("its name and labels don't agree: no smoke has made it so");
  }
  const ageMs = now - Date.parse(found.metadata?.creationTimestamp ?? '');
  // Also where the age isn't known.
  if (!(ageMs >= olderThanMs)) {
    return left(`it is ${minutes(ageMs)} old, younger than ${minutes(olderThanMs)}`);
  }
  const state = await runState(found, ageMs);
  if (!state.gone) {
    return left(`it is ${minutes(ageMs)} old, but ${state.why}`);
  }
  const why = `it is ${minutes(ageMs)} old, and ${state.why}`;
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
    return { namespace, did: 'failed', why: told(messageOf(error)) };
  }
}

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
