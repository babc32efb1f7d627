import { randomBytes } from 'node:crypto';
import { type Check, fails, type Result } from '../contract/check.ts';
import { runChecks } from '../contract/run-checks.ts';
import { accessAnswer } from '../kube/allowed.ts';
import type { KubeApi } from '../kube/api.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { bindOwnRole, subjectOf } from '../kube/own-role.ts';
import { namespaces } from '../kube/resource.ts';
import { whoAmI } from '../kube/who-am-i.ts';
import { accessManager, accessNamePrefix } from '../pr-smoke/claim.ts';
import { notTaken, type Step, takeStep } from '../pr-smoke/steps.ts';
import { Problem } from '../problem.ts';
import { managedByLabel } from '../runs/identity.ts';
import { leftMs } from '../wait/left-ms.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { denials, rightsIn } from './requirements.ts';

export interface AccessCheck {
  readonly namespace: string;
  readonly bindRole: string | undefined;
}

const removalDeadlineMs = 60_000;
const rightsDeadlineMs = 5000;

/** A name that no other run has. */
export function verifyNamespace(): string {
  return `${accessNamePrefix}${randomBytes(4).toString('hex')}`;
}

/**
 * Looks whether an identity may do what the smoke needs, and nothing that would harm others. Makes one namespace, which
 * is removed at the end whatever happened; everything else is asked without being kept.
 *
 * @returns results in the contract's order
 */
export async function checkAccess(
  api: KubeApi,
  { namespace, bindRole }: AccessCheck,
  { signal, onResult }: { readonly signal: AbortSignal; readonly onResult: (result: Result) => void },
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const report = (result: Result) => {
    results.push(result);
    onResult(result);
  };
  const underWay: Promise<unknown>[] = [];
  const during = { signal, underWay };
  const makes = async (checks: readonly Check[], why: string | undefined) => {
    if (why !== undefined || signal.aborted) {
      for (const check of checks) {
        report(notTaken(check, why ?? 'interrupted'));
      }
      return;
    }
    const made = runChecks(checks, { given: {}, missing: {} }, { signal, onResult: report });
    try {
      await made;
    } catch (error) {
      // An interrupted list has no further results; what was made is removed below all the same.
      if (!signal.aborted) {
        throw error;
      }
    }
  };
  const known = await takeStep(steps.identity, () => identity(api, signal), during);
  report(known);
  const unknown = fails(known.verdict) ? `${steps.identity.id} failed, which explains it` : undefined;
  const made =
    unknown === undefined
      ? await takeStep(steps.make, () => make(api, { namespace, bindRole }, signal), during)
      : notTaken(steps.make, unknown);
  report(made);
  const nowhere = fails(made.verdict) ? `${steps.make.id} failed, which explains it` : undefined;
  await makes(rightsIn(api, namespace, bindRole), unknown ?? nowhere);
  await makes(denials(api), unknown);
  if (unknown !== undefined) {
    report(notTaken(steps.remove, unknown));
    return results;
  }
  await Promise.allSettled(underWay);
  const options = { signal: new AbortController().signal, underWay: [] };
  const removed = await takeStep(steps.remove, () => remove(api, namespace), options);
  // That nothing is there to be removed shows nothing.
  report(nowhere === undefined || fails(removed.verdict) ? removed : notTaken(steps.remove, nowhere));
  return results;
}

async function identity(api: KubeApi, signal: AbortSignal): Promise<string> {
  const name = await whoAmI(api, signal);
  if (name === '' || name === 'system:anonymous') {
    throw new Problem({
      expected: steps.identity.expected,
      observed: `it takes us for ${name === '' ? 'nobody' : name}`,
      next: 'the credentials of the kubeconfig are empty or not looked at',
    });
  }
  return name;
}

async function make(api: KubeApi, { namespace, bindRole }: AccessCheck, signal: AbortSignal): Promise<string> {
  const labels = { [managedByLabel]: accessManager };
  await api.create(namespaces, undefined, { metadata: { name: namespace, labels } }, { signal });
  if (bindRole !== undefined) {
    const subject = subjectOf(await whoAmI(api, signal));
    await bindOwnRole(api, namespace, labels, { clusterRole: bindRole, subject });
  } else {
    await rightsArrive(api, namespace, signal);
  }
  return namespace;
}

/** A lab may grant the rights in a new namespace by a controller of its own. Without them each right is red by itself. */
async function rightsArrive(api: KubeApi, namespace: string, signal: AbortSignal): Promise<void> {
  try {
    await waitFor(
      `any right in ${namespace}`,
      async (probeSignal) => {
        const access = { namespace, verb: 'list', group: '', resource: 'pods' };
        const { answer, told } = await accessAnswer(api, access, { signal: probeSignal });
        return answer === 'yes' ? holds(undefined) : notYet(told);
      },
      { deadlineMs: rightsDeadlineMs, signal },
    );
  } catch {
    signal.throwIfAborted();
  }
}

async function remove(api: KubeApi, namespace: string): Promise<string> {
  const started = performance.now();
  const found = await api.find(namespaces, undefined, namespace, { persistForMs: removalDeadlineMs });
  if (found?.metadata?.uid === undefined) {
    return `there is no namespace ${namespace}`;
  }
  await deleteNamespace(api, namespace, { uid: found.metadata.uid, deadlineMs: leftMs(removalDeadlineMs, started) });
  return `namespace ${namespace} is gone`;
}

const steps = {
  identity: {
    id: 'identity',
    title: 'The API server knows the identity',
    expected: 'the API server to say who we are',
    hint: 'kubectl auth whoami',
  },
  make: {
    id: 'namespace-create',
    title: 'It can create a namespace meho-ci-verify-…',
    expected: 'the identity to be able to create a namespace meho-ci-verify-…',
    hint: 'kubectl auth can-i create namespaces',
  },
  remove: {
    id: 'namespace-delete',
    title: 'It can delete that namespace',
    expected: 'the namespace to be gone',
    hint: 'kubectl auth can-i delete namespaces',
  },
} as const satisfies Record<string, Step>;
