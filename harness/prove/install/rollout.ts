import type { Deployment } from '../../kube/resource.ts';
import { pods } from '../../kube/resource.ts';
import { holds, notYet, waitFor } from '../../wait/wait-for.ts';
import { deploymentOf, patchDeployment, recovered, releaseLabels } from '../release-objects.ts';
import { type Fault, type Injected, injected, type ProveContext } from '../story.ts';

/** The old pod goes on serving, so that nothing but the rollout is red. */
const expectRed = ['deployment-available'];
const takeDownDeadlineMs = 90_000;
const soonOver = { 'rollout-timeout': '4' };

export interface Patches {
  readonly patch: object;
  readonly undo: object;
}

/** A fault: the Deployment with a patch, until it is taken back and everything is well again. */
export function patched(
  id: string,
  title: string,
  says: RegExp,
  patchesOf: (deployment: Deployment, context: ProveContext) => Patches,
): Fault {
  return {
    id: `rollout-${id}`,
    title,
    expectRed,
    says,
    inject: async (context) => {
      const deployment = await deploymentOf(context);
      const { patch, undo } = patchesOf(deployment, context);
      const back = async () => {
        await patchDeployment(context, deployment.name, undo);
        await recovered(context);
      };
      await patchDeployment(context, deployment.name, patch);
      return injected(back, { flags: soonOver });
    },
  };
}

/** A change of the first container, as a merge patch can say it: lists are replaced whole. */
export function container({ spec }: Deployment, change: object): Patches {
  const containers = spec?.template.spec?.containers ?? [];
  const changed = containers.map((each, index) => (index === 0 ? { ...each, ...change } : each));
  const template = (list: readonly object[]) => ({ spec: { template: { spec: { containers: list } } } });
  return { patch: template(changed), undo: template(containers) };
}

/** Check 1 of the contract: complete, Available, all replicas ready. */
export const rollout: readonly Fault[] = [
  patched(
    'no-image',
    'the new image can not be pulled',
    /ErrImage|ImagePullBackOff|not present|1 updated/i,
    (deployment) => container(deployment, { image: 'meho.local/absent:never' }),
  ),
  patched('never-ready', 'the new pod is never ready', /0 of|ready|readiness/i, (deployment) =>
    container(deployment, {
      readinessProbe: { httpGet: { path: '/nothing-is-here', port: 'http' }, periodSeconds: 1 },
    }),
  ),
  patched('crash-loop', 'the new pod ends again and again', /crash|exit|back-off|restart/i, (deployment) =>
    container(deployment, { command: ['python', '-m', 'no_such_module'], args: [] }),
  ),
  patched('no-node', 'no node will have the new pod', /nodes? are available|node affinity|selector|schedul/i, () => ({
    patch: { spec: { template: { spec: { nodeSelector: { 'meho.io/prove': 'nowhere' } } } } },
    undo: { spec: { template: { spec: { nodeSelector: { 'meho.io/prove': null } } } } },
  })),
  patched('no-account', 'the ServiceAccount is not there', /serviceaccount/i, ({ spec }) => {
    const account = (name: string | undefined) => ({
      spec: { template: { spec: { serviceAccountName: name ?? null, serviceAccount: name ?? null } } },
    });
    return { patch: account('nobody'), undo: account(spec?.template.spec?.serviceAccountName) };
  }),
  patched('privileged', 'PodSecurity refuses the new pod', /forbidden|violates PodSecurity/i, () => ({
    patch: { spec: { template: { spec: { hostNetwork: true } } } },
    undo: { spec: { template: { spec: { hostNetwork: null } } } },
  })),
  patched('paused', 'the rollout is paused half way', /paused/, () => ({
    patch: { spec: { paused: true, template: { metadata: { annotations: { 'meho.io/prove': 'paused' } } } } },
    undo: { spec: { paused: null, template: { metadata: { annotations: { 'meho.io/prove': null } } } } },
  })),
  patched('no-labels', 'the Deployment has not the labels of the release', /no Deployment/, (_, context) => {
    const name = 'app.kubernetes.io/name';
    const labelled = (value: string | undefined) => ({ metadata: { labels: { [name]: value ?? null } } });
    return { patch: labelled('something-else'), undo: labelled(releaseLabels(context)[name]) };
  }),
  {
    id: 'rollout-scaled-down',
    title: 'the Deployment is scaled to 0',
    expectRed,
    says: /scaled to 0/,
    inject: async (context) => {
      const { name, spec } = await deploymentOf(context);
      const scaled = (replicas: number) => patchDeployment(context, name, { spec: { replicas } });
      await scaled(0);
      return down(context, async () => {
        await scaled(spec?.replicas ?? 1);
        await recovered(context);
      });
    },
  },
  {
    id: 'rollout-no-database',
    title: 'Postgres is stopped, so that no pod is ready',
    expectRed,
    says: /0 of 1 ready/,
    inject: async (context) => {
      const outage = await context.environment.postgres.outage('stopped');
      return down(context, async () => {
        await outage[Symbol.asyncDispose]();
        await recovered(context);
      });
    },
  },
];

/** Once no pod of the Deployment is ready any more. */
async function down(context: ProveContext, back: () => Promise<void>): Promise<Injected> {
  try {
    const { environment, installed, signal } = context;
    const labels = Object.entries({ ...releaseLabels(context), 'app.kubernetes.io/component': 'backplane' });
    const scope = { namespace: installed.site.namespace, labels: labels.map((pair) => pair.join('=')).join(',') };
    await waitFor(
      'no pod of the Deployment to be ready',
      async (probeSignal) => {
        const { items } = await environment.api.list(pods, scope, { signal: probeSignal });
        const ready = items.filter(({ status }) =>
          status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        );
        return ready.length === 0 ? holds(undefined) : notYet(`${ready.length} ready`);
      },
      { deadlineMs: takeDownDeadlineMs, intervalMs: 200, signal },
    );
    return injected(back, { flags: soonOver });
  } catch (error) {
    await back();
    throw error;
  }
}
