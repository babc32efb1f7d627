import { setTimeout as delay } from 'node:timers/promises';
import { tellRemark } from '../http/hiccups.ts';
import type { Collection, KubeApi, Scope } from './api.ts';
import { NotKubernetes } from './not-kubernetes.ts';
import type { Resource } from './resource.ts';

export interface Identified {
  readonly metadata?: { readonly uid?: string };
}

/** How long a watch is believed. One that is silent, or that a proxy holds back, looks like one to which nothing happens. */
const watchForMs = 3000;
/** What a server that ends at the time it was asked to needs for it; the connection is then kept for the next. */
const graceMs = 500;
/** The least time between two looks, whatever becomes of the watches in between. */
const leastIntervalMs = 1000;

/**
 * The objects in a scope, now and after each change, until the signal fires. They are listed again every few seconds:
 * the watch in between makes it quick and decides nothing, so whatever goes wrong with it costs no more than that.
 *
 * @param first what was listed just now, where it was
 * @throws KubeError, TransportError, NotKubernetes when they can't be listed
 */
export async function* observe<T extends Identified>(
  api: KubeApi,
  resource: Resource<T>,
  scope: Scope,
  { signal, first }: { readonly signal: AbortSignal; readonly first?: Collection<T> | undefined },
): AsyncGenerator<readonly T[]> {
  let listed = first;
  // Whoever has seen enough waits for no next look: the process would, before it ends.
  const left = new AbortController();
  const waited = AbortSignal.any([signal, left.signal]);
  try {
    while (!signal.aborted) {
      const next = delay(leastIntervalMs, undefined, { signal: waited }).catch(() => undefined);
      const { items, resourceVersion } = listed ?? (await api.list(resource, scope, { signal }));
      listed = undefined;
      yield items;
      const objects = new Map(items.map((item) => [item.metadata?.uid, item]));
      const over = AbortSignal.any([signal, AbortSignal.timeout(watchForMs + graceMs)]);
      const events = api.watch(resource, scope, resourceVersion, { signal: over, forMs: watchForMs });
      try {
        while (true) {
          const event = await events.next().catch(untold);
          if (event === undefined || event.done === true) {
            break;
          }
          const { type, object } = event.value;
          if (type === 'DELETED') {
            objects.delete(object.metadata?.uid);
          } else {
            objects.set(object.metadata?.uid, object);
          }
          yield [...objects.values()];
        }
      } finally {
        await events.return(undefined);
      }
      await next;
    }
  } finally {
    left.abort();
  }
}

/** A watch that ends or breaks off is told by the next list; one that is none at all is said. */
function untold(error: unknown): undefined {
  if (error instanceof NotKubernetes) {
    tellRemark(`a watch of the API server was passed over: ${error.observed}`);
  }
}
