import { type Observation, WaitError, type WaitOptions, waitFor } from '../wait/wait-for.ts';
import type { Collection, KubeApi, Scope } from './api.ts';
import { KubeError } from './kube-error.ts';
import type { Resource } from './resource.ts';

interface Identified {
  readonly metadata?: { readonly uid?: string };
}

/**
 * Watches the objects in a scope until the probe says that they are as wanted, looking at each change as it comes.
 *
 * @param probe sees all objects in the scope
 * @throws KubeError or TransportError when the first look fails; WaitError on the deadline, on `never` and on abort
 */
export async function untilObjects<T extends Identified, V>(
  api: KubeApi,
  what: string,
  resource: Resource<T>,
  scope: Scope,
  probe: (objects: readonly T[]) => Observation<V>,
  options: WaitOptions,
): Promise<V> {
  const started = performance.now();
  // A server that refuses or can't be reached at the first look won't be there at the next: that is an answer.
  let listed: Collection<T> | undefined = await api.list(resource, scope, signalOf(options.signal));
  const first = probe(listed.items);
  if (first.state === 'holds') {
    return first.value;
  }
  let lastObserved = first.observed;
  const look = (objects: readonly T[]): Observation<V> => {
    const seen = probe(objects);
    lastObserved = seen.state === 'holds' ? lastObserved : seen.observed;
    return seen;
  };
  const follow = async (signal: AbortSignal): Promise<Observation<V>> => {
    const from = listed ?? (await api.list(resource, scope, { signal }));
    listed = undefined;
    let last = look(from.items);
    if (last.state !== 'not-yet') {
      return last;
    }
    const objects = new Map(from.items.map((item) => [item.metadata?.uid, item]));
    try {
      for await (const { type, object } of api.watch(resource, scope, from.resourceVersion, { signal })) {
        if (type === 'DELETED') {
          objects.delete(object.metadata?.uid);
        } else {
          objects.set(object.metadata?.uid, object);
        }
        last = look([...objects.values()]);
        if (last.state !== 'not-yet') {
          return last;
        }
      }
    } catch (error) {
      // Too old a version to watch from: the next look lists again.
      if (!(error instanceof KubeError && error.status === 410)) {
        throw error;
      }
    }
    return last;
  };
  try {
    return await waitFor(what, follow, options);
  } catch (error) {
    if (error instanceof WaitError && error.reason === 'deadline') {
      // What the watch saw last, which the wait around it doesn't know.
      throw new WaitError(what, 'deadline', lastObserved, performance.now() - started, { cause: error.cause });
    }
    throw error;
  }
}

function signalOf(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { signal };
}
