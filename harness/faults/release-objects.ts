import { Problem } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { selectorOf } from '@meho/helm/subject';
import { type Deployment, deployments } from '@meho/kube/api/resource';
import { waitForRollout } from '@meho/kube/workloads/rollout';
import { backplaneOn } from '../release/install/cold-install.ts';
import type { ReleaseContext } from './fault.ts';

const recoveryDeadlineMs = 90_000;

export function releaseLabels({ environment, installed }: ReleaseContext): Readonly<Record<string, string>> {
  const { release } = environment.request.subject;
  const pairs = selectorOf({ namespace: installed.target.namespace, release })
    .split(',')
    .map((pair) => pair.split('='));
  return Object.fromEntries(pairs);
}

function scopeOf({ environment, installed }: ReleaseContext) {
  const { namespace } = installed.target;
  return { namespace, labels: selectorOf({ namespace, release: environment.request.subject.release }) };
}

/** The release's one Deployment. */
export async function deploymentOf(context: ReleaseContext): Promise<Deployment & { readonly name: string }> {
  const { items } = await context.environment.api.list(deployments, scopeOf(context));
  const [only, ...others] = items;
  const name = only?.metadata?.name;
  if (only === undefined || name === undefined || others.length > 0) {
    throw new Problem({
      expected: 'one Deployment of the release',
      observed: `${items.length} of them`,
      next: 'look at the namespace',
    });
  }
  return { ...only, name };
}

/** Uses the name, since the labels may be gone. */
export async function patchDeployment(context: ReleaseContext, name: string, patch: object): Promise<void> {
  await context.environment.api.patch(deployments, context.installed.target.namespace, name, patch);
}

export async function recovered(context: ReleaseContext): Promise<void> {
  const { environment, installed } = context;
  // Clean-up goes on even if the run's signal has fired.
  await waitForRollout(environment.api, scopeOf(context), { deadlineMs: recoveryDeadlineMs });
  await waitFor(
    'the release to answer through the ingress controller again',
    async (signal) => {
      using backplane = backplaneOn(environment, installed.target);
      const reply = await backplane.get('/healthz', signal);
      if (reply.kind === 'none') {
        return notYet(reply.error.observed);
      }
      return reply.status === 200 ? holds(undefined) : notYet(String(reply.status));
    },
    { deadlineMs: recoveryDeadlineMs, intervalMs: 100 },
  );
}
