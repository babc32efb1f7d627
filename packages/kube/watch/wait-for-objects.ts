import { messageOf } from '@meho/core/problem';
import { notYet, type Observation, WaitError, type WaitOptions, waitFor } from '@meho/core/wait/wait-for';
import type { Collection, KubeApi, Scope } from '../api/api.ts';
import type { Resource } from '../api/resource.ts';
import { type Identified, observe } from './observe.ts';

/**
 * Probes at each change until satisfied.
 *
 * @param options `isFirstLookPatient` retries even the first look until the deadline
 * @throws KubeError, NotKubernetes or TransportError if the first look fails; WaitError on the deadline, on `never` and
 * on abort
 */
export async function waitForObjects<T extends Identified, V>(
  api: KubeApi,
  what: string,
  resource: Resource<T>,
  scope: Scope,
  probe: (objects: readonly T[]) => Observation<V>,
  { isFirstLookPatient = false, ...options }: WaitOptions & { readonly isFirstLookPatient?: boolean },
): Promise<V> {
  const started = performance.now();
  // If even the first look fails, that is the answer.
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
      // Adds the last observation, which the surrounding wait lacks.
      const then = error.cause === undefined ? '' : `; then ${messageOf(error.cause)}`;
      const observed = `${lastObserved}${then}`;
      throw new WaitError(what, 'deadline', observed, performance.now() - started, { cause: error.cause });
    }
    throw error;
  }
}
