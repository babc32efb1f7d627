import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { Deployment, Pod } from '@meho/kube/api/resource';
import { pods } from '@meho/kube/api/resource';
import { type Fault, type Injection, injection, type ReleaseContext } from '../fault.ts';
import { deploymentOf, patchDeployment, recovered, releaseLabels } from '../release-objects.ts';

/** The old pod keeps serving, so only the rollout fails. */
const expectRed = ['deployment-available'];
const takeDownDeadlineMs = 90_000;
const crashDeadlineMs = 60_000;
const soonOver = { 'rollout-timeout': '4' };

export interface Patches {
  readonly patch: object;
  readonly undo: object;
}

export function patched(
  id: string,
  title: string,
  says: RegExp,
  patchesOf: (deployment: Deployment, context: ReleaseContext) => Patches,
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
      return injection(back, { flags: soonOver });
    },
  };
}

/** As `patched`, in place once a container of a new pod has ended: until then the pod only isn't ready. */
export function crashing(...[id, title, says, patchesOf]: Parameters<typeof patched>): Fault {
  const fault = patched(id, title, says, patchesOf);
  return {
    ...fault,
    inject: async (context) => {
      const old = await backplanePods(context);
      const injected = await fault.inject(context);
      try {
        await waitFor(
          'a container of a new pod to end',
          async (signal) => {
            const ended = (await backplanePods(context, signal))
              .filter(({ metadata }) => !old.some((pod) => pod.metadata?.uid === metadata?.uid))
              .flatMap(({ status }) => status?.containerStatuses ?? [])
              .some(({ state, lastState }) => (state?.terminated ?? lastState?.terminated) !== undefined);
            return ended ? holds(undefined) : notYet('none has');
          },
          { deadlineMs: crashDeadlineMs, intervalMs: 200, signal: context.signal },
        );
        return injected;
      } catch (error) {
        await injected[Symbol.asyncDispose]();
        throw error;
      }
    },
  };
}

async function backplanePods(context: ReleaseContext, signal = context.signal): Promise<readonly Pod[]> {
  const labels = Object.entries({ ...releaseLabels(context), 'app.kubernetes.io/component': 'backplane' });
  const scope = {
    namespace: context.installed.target.namespace,
    labels: labels.map((pair) => pair.join('=')).join(','),
  };
  return (await context.environment.api.list(pods, scope, { signal })).items;
}

/** A merge patch replaces the whole list. */
export function container({ spec }: Deployment, change: object): Patches {
  const containers = spec?.template.spec?.containers ?? [];
  const changed = containers.map((each, index) => (index === 0 ? { ...each, ...change } : each));
  const template = (list: readonly object[]) => ({ spec: { template: { spec: { containers: list } } } });
  return { patch: template(changed), undo: template(containers) };
}

/** Check 1: complete, Available, all replicas ready. */
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
  crashing('crash-loop', 'the new pod ends again and again', /crash|exit|back-off|restart/i, (deployment) =>
    container(deployment, { command: ['python', '-m', 'no_such_module'], args: [] }),
  ),
  patched('no-node', 'no node will have the new pod', /nodes? are available|node affinity|selector|schedul/i, () => ({
    patch: { spec: { template: { spec: { nodeSelector: { 'meho.io/fault': 'nowhere' } } } } },
    undo: { spec: { template: { spec: { nodeSelector: { 'meho.io/fault': null } } } } },
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
    patch: { spec: { paused: true, template: { metadata: { annotations: { 'meho.io/fault': 'paused' } } } } },
    undo: { spec: { paused: null, template: { metadata: { annotations: { 'meho.io/fault': null } } } } },
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

async function down(context: ReleaseContext, back: () => Promise<void>): Promise<Injection> {
  try {
    await waitFor(
      'no pod of the Deployment to be ready',
      async (signal) => {
        const ready = (await backplanePods(context, signal)).filter(({ status }) =>
          status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        );
        return ready.length === 0 ? holds(undefined) : notYet(`${ready.length} ready`);
      },
      { deadlineMs: takeDownDeadlineMs, intervalMs: 200, signal: context.signal },
    );
    return injection(back, { flags: soonOver });
  } catch (error) {
    await back();
    throw error;
  }
}
