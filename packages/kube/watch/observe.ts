import { setTimeout as delay } from 'node:timers/promises';
import { recordRemark } from '@meho/core/http/hiccups';
import type { Collection, KubeApi, Scope } from '../api/api.ts';
import { NotKubernetes } from '../api/not-kubernetes.ts';
import type { Resource } from '../api/resource.ts';

export interface Identified {
  readonly metadata?: { readonly uid?: string };
}

/** A silent or withheld watch looks like one without changes. */
const watchForMs = 3000;
/** A watch that ends on time leaves its connection reusable. */
const graceMs = 500;
/** Between lists, whatever watches do. */
const leastIntervalMs = 1000;

/**
 * Yields the objects now and after each change, until the signal fires. The watch is only for speed: regular lists
 * limit what a faulty one can cost.
 * @param first a list just made @throws KubeError, TransportError, NotKubernetes if listing fails
 */
export async function* observe<T extends Identified>(
  api: KubeApi,
  resource: Resource<T>,
  scope: Scope,
  { signal, first }: { readonly signal: AbortSignal; readonly first?: Collection<T> | undefined },
): AsyncGenerator<readonly T[]> {
  let listed = first;
  // If not ended with the consumer, the timer keeps the process alive.
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
          const event = await events.next().catch(reportUnlessExpected);
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

/** The next list covers a broken watch; anything but a watch is reported. */
function reportUnlessExpected(error: unknown): undefined {
  if (error instanceof NotKubernetes) {
    recordRemark(`a watch of the API server was passed over: ${error.observed}`);
  }
}
