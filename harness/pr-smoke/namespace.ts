import type { V1Namespace } from '@kubernetes/client-node';
import { accessAnswer } from '../kube/allowed.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { bindOwnRole, subjectOf } from '../kube/own-role.ts';
import { type Json, namespaces } from '../kube/resource.ts';
import { whoAmI } from '../kube/who-am-i.ts';
import type { RunIdentity } from '../runs/identity.ts';
import { leftMs } from '../wait/left-ms.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { claimAnnotations, claimedPr, claimLabels, namespaceOf, runIdOf } from './claim.ts';
import { NothingMade } from './steps.ts';

export interface Claim {
  readonly pr: number;
  readonly run: RunIdentity;
  /** What the run may last in all, clean-up included. */
  readonly lifetimeMs: number;
  /** ClusterRole that our identity is bound to in the namespace before anything else; none where it has its rights anyhow. */
  readonly bindRole?: string | undefined;
}

const leftoverDeadlineMs = 120_000;
/** A lab may grant the rights in a new namespace by a controller of its own, which takes a moment. */
const rightsDeadlineMs = 20_000;

/**
 * Makes a pull request's namespace, fresh: what an earlier run of the same pull request left is taken away first.
 *
 * @returns what was found and made, for a person
 * @throws NothingMade for a namespace of that name which isn't a smoke's: it is left as it is
 */
export async function claimNamespace(api: KubeApi, { pr, run, lifetimeMs, bindRole }: Claim, signal: AbortSignal) {
  const name = namespaceOf(pr);
  const leftover = await api.find(namespaces, undefined, name, { signal });
  if (leftover !== undefined) {
    refuseForeign(leftover, pr);
    await deleteNamespace(api, name, { ...uidOf(leftover), deadlineMs: leftoverDeadlineMs, signal });
  }
  try {
    const metadata = { name, labels: claimLabels(pr), annotations: claimAnnotations(run, lifetimeMs) };
    await api.create(namespaces, undefined, { metadata }, { signal });
  } catch (error) {
    if (error instanceof KubeError && error.status === 409) {
      throw new NothingMade([
        `namespace ${name} was made by somebody else at this moment: is another run of it going?`,
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

/** @throws NothingMade unless a namespace is what a smoke of this pull request has made */
function refuseForeign(found: Json<V1Namespace>, pr: number): void {
  if (claimedPr(found) !== pr) {
    const labels = Object.entries(claimLabels(pr)).map(([label, value]) => `${label}=${value}`);
    throw new NothingMade([
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
 * Takes the run's own namespace away, and no other of its name: a newer run of the same pull request may have made one.
 *
 * @returns what was done, for a person
 * @throws WaitError with what is still in it
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
