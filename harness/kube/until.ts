import { messageOf } from '../problem.ts';
import { notYet, type Observation, WaitError, type WaitOptions, waitFor } from '../wait/wait-for.ts';
import type { Collection, KubeApi, Scope } from './api.ts';
import { type Identified, observe } from './observe.ts';
import type { Resource } from './resource.ts';

/**
 * Follows the objects in a scope until the probe says that they are as wanted, looking at each change as it comes.
 *
 * @param probe sees all objects in the scope
 * @param options with `isFirstLookPatient`, the first look is tried until the deadline like the others
 * @throws KubeError, NotKubernetes or TransportError when the first look fails; WaitError on the deadline, on `never`
 *   and on abort
 */
export async function untilObjects<T extends Identified, V>(
  api: KubeApi,
  what: string,
  resource: Resource<T>,
  scope: Scope,
  probe: (objects: readonly T[]) => Observation<V>,
  { isFirstLookPatient = false, ...options }: WaitOptions & { readonly isFirstLookPatient?: boolean },
): Promise<V> {
  const started = performance.now();
  // A server that refuses or can't be reached at the first look won't be there at the next: that is an answer.
  const patience = isFirstLookPatient ? { persistForMs: options.deadlineMs } : {};
  const signalled = options.signal === undefined ? {} : { signal: options.signal };
  let first: Collection<T> | undefined = await api.list(resource, scope, { ...patience, ...signalled });
  let lastObserved = 'nothing yet';
  const follow = async (signal: AbortSignal): Promise<Observation<V>> => {
    const known = first;
    first = undefined;
    for await (const objects of observe(api, resource, scope, { signal, first: known })) {
      const seen = probe(objects);
      if (seen.state !== 'not-yet') {
        return seen;
      }
      lastObserved = seen.observed;
    }
    return notYet(lastObserved);
  };
  try {
    return await waitFor(what, follow, options);
  } catch (error) {
    if (error instanceof WaitError && error.reason === 'deadline') {
      // What was seen last, which the wait around it doesn't know.
      const then = error.cause === undefined ? '' : `; then ${messageOf(error.cause)}`;
      const observed = `${lastObserved}${then}`;
      throw new WaitError(what, 'deadline', observed, performance.now() - started, { cause: error.cause });
    }
    throw error;
  }
}
