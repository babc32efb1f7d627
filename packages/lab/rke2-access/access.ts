import { randomBytes } from 'node:crypto';
import { type Check, isFailure, type Result } from '@meho/contract/check';
import { runChecks } from '@meho/contract/run-checks';
import { Problem } from '@meho/core/problem';
import { managedByLabel } from '@meho/core/runs/identity';
import { leftMs } from '@meho/core/wait/left-ms';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { namespaces } from '@meho/kube/api/resource';
import { accessAnswer } from '@meho/kube/permissions/allowed';
import { bindOwnRole, subjectOf } from '@meho/kube/permissions/own-role';
import { NoSelfReview, whoAmI } from '@meho/kube/permissions/who-am-i';
import { deleteNamespace } from '@meho/kube/workloads/namespace';
import { accessManager, accessNamePrefix } from '../pr-smoke/claim.ts';
import { NotTaken, type Step, skippedStep, takeStep } from '../pr-smoke/steps.ts';
import { denials, rightsIn } from './requirements.ts';

export interface AccessCheck {
  readonly namespace: string;
  readonly bindRole: string | undefined;
}

const removalDeadlineMs = 60_000;
const rightsDeadlineMs = 5000;

export function verifyNamespace(): string {
  return `${accessNamePrefix}${randomBytes(4).toString('hex')}`;
}

/**
 * Checks for required and harmful rights. Creates one namespace and always removes it; creates nothing else.
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
        report(skippedStep(check, why ?? 'interrupted'));
      }
      return;
    }
    const made = runChecks(checks, { inputs: {}, missing: {} }, { signal, onResult: report });
    try {
      await made;
    } catch (error) {
      // Interrupted: removal below still runs.
      if (!signal.aborted) {
        throw error;
      }
    }
  };
  const known = await takeStep(steps.identity, () => identity(api, signal), during);
  report(known);
  const unknown = isFailure(known.verdict) ? `${steps.identity.id} failed, which explains it` : undefined;
  const made =
    unknown === undefined
      ? await takeStep(steps.make, () => make(api, { namespace, bindRole }, signal), during)
      : skippedStep(steps.make, unknown);
  report(made);
  const nowhere = isFailure(made.verdict) ? `${steps.make.id} failed, which explains it` : undefined;
  await makes(rightsIn(api, namespace, bindRole), unknown ?? nowhere);
  await makes(denials(api), unknown);
  if (unknown !== undefined) {
    report(skippedStep(steps.remove, unknown));
    return results;
  }
  await Promise.allSettled(underWay);
  const options = { signal: new AbortController().signal, underWay: [] };
  const removed = await takeStep(steps.remove, () => remove(api, namespace), options);
  // An absent namespace proves nothing.
  report(nowhere === undefined || isFailure(removed.verdict) ? removed : skippedStep(steps.remove, nowhere));
  return results;
}

async function identity(api: KubeApi, signal: AbortSignal): Promise<string> {
  const name = await whoAmI(api, signal).catch((error: unknown) => {
    throw error instanceof NoSelfReview
      ? new NotTaken(`${error.observed}; its refusals name the user: kubectl get --raw /no-such-path`, { cause: error })
      : error;
  });
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
  const subject = bindRole === undefined ? undefined : subjectOf(await whoAmI(api, signal));
  await api.create(namespaces, undefined, { metadata: { name: namespace, labels } }, { signal });
  if (bindRole !== undefined && subject !== undefined) {
    await bindOwnRole(api, namespace, labels, { clusterRole: bindRole, subject });
  } else {
    await rightsArrive(api, namespace, signal);
  }
  return namespace;
}

/** A lab's controller may grant rights late; if none arrive, each right fails by itself. */
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
