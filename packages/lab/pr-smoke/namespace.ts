import type { V1Namespace } from '@kubernetes/client-node';
import type { RunIdentity } from '@meho/core/runs/identity';
import { leftMs } from '@meho/core/wait/left-ms';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { type Json, namespaces } from '@meho/kube/api/resource';
import { accessAnswer } from '@meho/kube/permissions/allowed';
import { bindOwnRole, subjectOf } from '@meho/kube/permissions/own-role';
import { whoAmI } from '@meho/kube/permissions/who-am-i';
import { deleteNamespace } from '@meho/kube/workloads/namespace';
import { claimAnnotations, claimedPr, claimLabels, namespaceOf, runIdOf } from './claim.ts';
import { NothingCreated } from './steps.ts';

export interface Claim {
  readonly pr: number;
  readonly run: RunIdentity;
  /** Including clean-up. */
  readonly lifetimeMs: number;
  /** ClusterRole bound to our identity first, if it has no rights there. */
  readonly bindRole?: string | undefined;
}

const leftoverDeadlineMs = 120_000;
/** A lab's controller may grant rights with a delay. */
const rightsDeadlineMs = 20_000;

/**
 * Replaces what an earlier run of the pull request left.
 *
 * @returns what was found and made, as text
 * @throws NothingCreated for a namespace that isn't a smoke's, which stays unchanged
 */
export async function claimNamespace(api: KubeApi, { pr, run, lifetimeMs, bindRole }: Claim, signal: AbortSignal) {
  const name = namespaceOf(pr);
  const leftover = await api.find(namespaces, undefined, name, { signal });
  if (leftover !== undefined) {
    refuseUnmanaged(leftover, pr);
    await deleteNamespace(api, name, { ...uidOf(leftover), deadlineMs: leftoverDeadlineMs, signal });
  }
  try {
    const metadata = { name, labels: claimLabels(pr), annotations: claimAnnotations(run, lifetimeMs) };
    await api.create(namespaces, undefined, { metadata }, { signal });
  } catch (error) {
    if (error instanceof KubeError && error.status === 409) {
      throw new NothingCreated([
        `namespace ${name} was created by another process at this moment: is another run of it going on?`,
      ]);
    }
    throw error;
  }
  if (bindRole !== undefined) {
    const subject = subjectOf(await whoAmI(api, signal));
    await bindOwnRole(api, name, claimLabels(pr), { clusterRole: bindRole, subject });
  }
  await rightsIn(api, name, signal);
  return leftover === undefined ? `${name} is new` : `${name} is new; what an earlier run had left was removed`;
}

/** @throws NothingCreated unless a smoke of this pull request made it */
function refuseUnmanaged(found: Json<V1Namespace>, pr: number): void {
  if (claimedPr(found) !== pr) {
    const labels = Object.entries(claimLabels(pr)).map(([label, value]) => `${label}=${value}`);
    throw new NothingCreated([
      `namespace ${namespaceOf(pr)} is there already and doesn't carry ${labels.join(' and ')}: it is left alone; remove it by hand if nobody needs it`,
    ]);
  }
}

async function rightsIn(api: KubeApi, namespace: string, signal: AbortSignal): Promise<void> {
  await waitFor(
    `the right to create Deployments in ${namespace}`,
    async (probeSignal) => {
      const access = { namespace, verb: 'create', group: 'apps', resource: 'deployments' };
      const { answer, told } = await accessAnswer(api, access, { signal: probeSignal });
      return answer === 'yes' ? holds(undefined) : notYet(told);
    },
    { deadlineMs: rightsDeadlineMs, signal },
  );
}

/**
 * Removes only this run's namespace, not a newer run's of the same name.
 *
 * @returns what was done, as text
 * @throws WaitError with what remains in it
 */
export async function dropNamespace(
  api: KubeApi,
  { pr, run }: Pick<Claim, 'pr' | 'run'>,
  deadlineMs: number,
): Promise<string> {
  const name = namespaceOf(pr);
  const started = performance.now();
  const found = await api.find(namespaces, undefined, name, { persistForMs: deadlineMs });
  if (found === undefined) {
    return `there is no namespace ${name}`;
  }
  if (runIdOf(found) !== run.id) {
    return `namespace ${name} is another run's by now and was left alone`;
  }
  await deleteNamespace(api, name, { ...uidOf(found), deadlineMs: leftMs(deadlineMs, started) });
  return `namespace ${name} is gone with everything in it`;
}

export function uidOf({ metadata }: Json<V1Namespace>): { readonly uid: string } | Record<never, never> {
  return metadata?.uid === undefined ? {} : { uid: metadata.uid };
}
