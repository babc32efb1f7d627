import { holds, notYet, WaitError, type WaitOptions } from '@meho/core/wait/wait-for';
import type { KubeApi, Scope } from '../api/api.ts';
import { pods } from '../api/resource.ts';
import { waitForObjects } from '../watch/wait-for-objects.ts';

/**
 * Until proxies notice, terminating pods still answer requests, although no rollout counts them.
 * @returns those left at the deadline @throws KubeError or TransportError if pods can't be listed
 */
export async function waitForEndingPods(
  api: KubeApi,
  scope: Scope,
  options: WaitOptions,
): Promise<readonly (string | undefined)[]> {
  let ending: readonly (string | undefined)[] = [];
  try {
    await waitForObjects(
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
