import { holds, notYet, WaitError, type WaitOptions } from '../wait/wait-for.ts';
import type { KubeApi, Scope } from './api.ts';
import { pods } from './resource.ts';
import { untilObjects } from './until.ts';

/**
 * Waits for pods that were told to stop to be gone: until proxies have noticed, such a pod may still be sent requests and
 * answer them, although no rollout counts it any more.
 *
 * @returns names of those that are still ending at the deadline
 * @throws KubeError or TransportError when pods can't be looked at
 */
export async function afterEndingPods(
  api: KubeApi,
  scope: Scope,
  options: WaitOptions,
): Promise<readonly (string | undefined)[]> {
  let ending: readonly (string | undefined)[] = [];
  try {
    await untilObjects(
      api,
      'pods that were told to stop to be gone',
      pods,
      scope,
      (found) => {
        ending = found
          .filter(({ metadata }) => metadata?.deletionTimestamp !== undefined)
          .map(({ metadata }) => metadata?.name);
        return ending.length === 0 ? holds(undefined) : notYet(`${ending.join(', ')} still ending`);
      },
      options,
    );
  } catch (error) {
    if (!(error instanceof WaitError && error.reason === 'deadline')) {
      throw error;
    }
  }
  return ending;
}
