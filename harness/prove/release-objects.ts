import { selectorOf } from '../contract/subject.ts';
import { backplaneOn } from '../environment/cold-install.ts';
import { type Deployment, deployments } from '../kube/resource.ts';
import { waitForRollout } from '../kube/rollout.ts';
import { Problem } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { ProveContext } from './story.ts';

const recoveryDeadlineMs = 90_000;

/** Labels of the release's objects. */
export function releaseLabels({ environment, installed }: ProveContext): Readonly<Record<string, string>> {
  const { release } = environment.request.subject;
  const pairs = selectorOf({ namespace: installed.site.namespace, release })
    .split(',')
    .map((pair) => pair.split('='));
  return Object.fromEntries(pairs);
}

function scopeOf({ environment, installed }: ProveContext) {
  const { namespace } = installed.site;
  return { namespace, labels: selectorOf({ namespace, release: environment.request.subject.release }) };
}

/** The release's one Deployment. */
export async function deploymentOf(context: ProveContext): Promise<Deployment & { readonly name: string }> {
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

/** Merges a patch into the release's Deployment, by name, so that one without its labels can be brought back. */
export async function patchDeployment(context: ProveContext, name: string, patch: object): Promise<void> {
  await context.environment.api.patch(deployments, context.installed.site.namespace, name, patch);
}

/** Until the release is rolled out and answers through the ingress controller again. */
export async function recovered(context: ProveContext): Promise<void> {
  const { environment, installed } = context;
  // Recovery belongs to clean-up: it goes on when the run's signal has fired.
  await waitForRollout(environment.api, scopeOf(context), { deadlineMs: recoveryDeadlineMs });
  await waitFor(
    'the release to answer through the ingress controller again',
    async (signal) => {
      using backplane = backplaneOn(environment, installed.site);
      const reply = await backplane.get('/healthz', signal);
      if (reply.kind === 'none') {
        return notYet(reply.error.observed);
      }
      return reply.status === 200 ? holds(undefined) : notYet(String(reply.status));
    },
    { deadlineMs: recoveryDeadlineMs, intervalMs: 100 },
  );
}
