import { history } from '../helm/history.ts';
import { timeText } from '../helm/instant.ts';
import { majorOf } from '../helm/program.ts';
import { wayBack } from '../helm/way-back.ts';
import type { KubeApi } from '../kube/api.ts';
import { messageOf } from '../problem.ts';
import type { Cause } from './cause.ts';

const refusal =
  /another operation \(install\/upgrade\/rollback\) is in progress|cannot reuse a name|cannot re-use a name|"?sh\.helm\.release\S* already exists/;

/** A release, and which helm is about to drive it. */
export interface ReleaseAtHand {
  readonly namespace: string;
  readonly release: string;
  /** Its version, where that is known. */
  readonly helm?: string | undefined;
}

/**
 * Helm refuses a release that another helm is working on, or was when it died. The newest revision says which operation
 * it was; an earlier one that was broken off stays pending for ever, and is nobody's hindrance.
 *
 * @param error what helm said
 */
export async function pendingRelease(
  api: KubeApi,
  { namespace, release, helm }: ReleaseAtHand,
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  if (!refusal.test(messageOf(error))) {
    return [];
  }
  const revisions = await history(api, namespace, release, { signal });
  const last = revisions.at(-1);
  if (last?.status.startsWith('pending-') !== true) {
    return [];
  }
  const back = wayBack(revisions, majorOf(helm));
  // The first revision has nothing to go back to.
  const command =
    last.status === 'pending-install'
      ? `helm uninstall ${release} --namespace ${namespace} --wait`
      : back.revision === undefined
        ? undefined
        : `helm rollback ${release} ${back.revision} --namespace ${namespace} ${back.flags}`;
  const what = command ?? `${back.none}: helm history ${release} --namespace ${namespace}`;
  return [
    {
      id: 'release-pending',
      object: `Release ${release}`,
      expected: 'no other helm to be at work on it',
      observed: `revision ${last.revision} is ${last.status} since ${last.createdAt === undefined ? 'an unknown time' : timeText(last.createdAt)}`,
      next: `wait for the other helm; if none is running any more, it was killed: ${what}`,
      ...(command === undefined ? {} : { command }),
      graceMs: 0,
    },
  ];
}
