import type { Verdict } from '@meho/contract/check';
import { deploymentAvailable } from '@meho/contract/checks/deployment-available';
import { migrationJob } from '@meho/contract/checks/migration-job';
import { rolledBack } from '@meho/contract/checks/rolled-back';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { history, revisionStatuses } from '@meho/helm/history';
import type { HelmRelease } from '@meho/helm/release';
import { selectorOf } from '@meho/helm/subject';
import { type SmallChart, smallChart } from '@meho/helm/testing/small-chart';
import { deployments, events, resourceQuotas } from '@meho/kube/api/resource';
import { waitForRollout } from '@meho/kube/workloads/rollout';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealCluster, realCluster } from '../../real-cluster.ts';

const signal = new AbortController().signal;
const SUCCEED = ['entrypoint-tester'];
const FAIL = ['no-such-command'];
const timeoutMs = 60_000;
let real: RealCluster;
let chart: SmallChart;

beforeAll(async () => {
  [real, chart] = await Promise.all([realCluster(), smallChart()]);
}, 900_000);
afterAll(async () => {
  await chart?.[Symbol.asyncDispose]();
  await real?.[Symbol.asyncDispose]();
});

interface Story {
  readonly helm: HelmRelease;
  readonly namespace: string;
  readonly values: Record<string, unknown>;
  look(check: 'deployment' | 'migration' | 'rollback', rolloutDeadlineMs?: number): Promise<Verdict>;
}

async function story(labels: Readonly<Record<string, string>> = {}): Promise<Story> {
  const namespace = await real.namespace(labels);
  const subject = { namespace, release: 'meho' };
  const checks = { deployment: deploymentAvailable, migration: migrationJob, rollback: rolledBack };
  return {
    helm: real.release(namespace, 'meho'),
    namespace,
    values: { image: real.agnhost.reference, migrate: SUCCEED },
    look: (check, rolloutDeadlineMs = 60_000) =>
      checks[check](subject).run({ cluster: { api: real.api, ...subject, rolloutDeadlineMs } }, signal),
  };
}

function observed(verdict: Verdict): string {
  return 'observed' in verdict ? verdict.observed : verdict.reason;
}

/** So that the next check can name the refusal. */
function expectRefusal(namespace: string, text: RegExp): Promise<void> {
  return waitFor(
    `an event like ${text}`,
    async () => {
      const { items } = await real.api.list(events, { namespace }, { signal });
      return items.some(({ message }) => text.test(message ?? ''))
        ? holds(undefined)
        : notYet(`${items.length} events`);
    },
    { deadlineMs: 30_000, signal },
  );
}

test('a release that was installed, upgraded and rolled back', async () => {
  const { helm, values, look, namespace } = await story();
  await helm.install({ chart: chart.folder, values, timeoutMs });
  expect(await look('deployment')).toMatchObject({ outcome: 'holds', observed: 'meho-server 1 of 1 ready' });
  expect(observed(await look('migration'))).toMatch(
    /^Job meho-schema is gone after its success at \S+Z, revision 1 is deployed$/,
  );
  expect(observed(await look('rollback'))).toContain('only one revision');
  await helm.upgrade({ chart: chart.folder, values: { ...values, note: 'N+1' }, timeoutMs });
  expect((await look('rollback')).outcome).toBe('violated');
  await helm.rollback({ timeoutMs });
  expect(await look('rollback')).toMatchObject({
    outcome: 'holds',
    observed: expect.stringMatching(/^revision 3 is deployed, rolled back to revision 1, /),
  });
  expect((await look('deployment')).outcome).toBe('holds');
  expect(await revisionStatuses(real.api, namespace, 'meho')).toEqual([
    { revision: 1, status: 'superseded' },
    { revision: 2, status: 'superseded' },
    { revision: 3, status: 'deployed' },
  ]);
  const revisions = await history(real.api, namespace, 'meho');
  expect(revisions.map(({ description }) => description)).toEqual([
    'Install complete',
    'Upgrade complete',
    'Rollback to 1',
  ]);
  expect(revisions[2]).toMatchObject({ chart: 'small-0.1.0', manifest: expect.stringContaining('kind: Deployment') });
  await helm.uninstall({ timeoutMs });
  expect(observed(await look('deployment'))).toContain('no Deployment');
  expect(observed(await look('migration'))).toMatch(/^no Helm release meho .*no Deployment$/);
});

test('a rollout that is still going on is waited for, and its end is seen at once', async () => {
  const { helm, values, look, namespace } = await story();
  await helm.install({ chart: chart.folder, values: { ...values, migrate: null }, timeoutMs, noWait: true });
  const verdict = await look('deployment');
  expect(verdict.outcome, observed(verdict)).toBe('holds');
  // One of two replicas can't be scheduled: the rollout never ends.
  await real.api.patch(deployments, namespace, 'meho-server', {
    spec: { template: { spec: { nodeSelector: { none: 'such' } } } },
  });
  const started = performance.now();
  const late = await look('deployment', 1_500);
  expect(performance.now() - started).toBeLessThan(6_000);
  expect(late.outcome).toBe('violated');
  expect(observed(late)).toMatch(/not scheduled: .*node/);
});

test('a second release and its failed Job are none of ours', async () => {
  const { helm, values, look, namespace } = await story();
  const other = real.release(namespace, 'other');
  await helm.install({ chart: chart.folder, values, timeoutMs });
  await expect(
    other.install({ chart: chart.folder, values: { ...values, migrate: FAIL }, timeoutMs: 20_000 }),
  ).rejects.toThrow();
  expect((await look('deployment')).outcome).toBe('holds');
  expect((await look('migration')).outcome).toBe('holds');
});

describe('the migration', () => {
  test('failed: the Job stays, the Deployment was never made', async () => {
    const { helm, values, look } = await story();
    await expect(
      helm.install({ chart: chart.folder, values: { ...values, migrate: FAIL }, timeoutMs }),
    ).rejects.toThrow();
    const verdict = await look('migration');
    expect(verdict).toMatchObject({ outcome: 'violated', hint: expect.stringContaining('logs job/meho-schema') });
    expect(observed(verdict)).toContain('Job meho-schema failed (BackoffLimitExceeded');
    expect(observed(await look('deployment'))).toContain('no Deployment');
  });

  test('failed at an upgrade, although the first revision still runs', async () => {
    const { helm, values, look } = await story();
    await helm.install({ chart: chart.folder, values, timeoutMs });
    await expect(
      helm.upgrade({ chart: chart.folder, values: { ...values, migrate: FAIL }, timeoutMs }),
    ).rejects.toThrow();
    expect((await look('deployment')).outcome).toBe('holds');
    expect((await look('migration')).outcome).toBe('violated');
  });

  test('never got a pod, because its ServiceAccount is not there', async () => {
    const { helm, values, look, namespace } = await story();
    const stop = new AbortController();
    const change = { ...values, serviceAccount: 'meho-later' };
    const installing = helm.install({ chart: chart.folder, values: change, timeoutMs, signal: stop.signal });
    installing.catch(() => undefined);
    await expectRefusal(namespace, /serviceaccount "meho-later" not found/);
    const verdict = await look('migration');
    expect(verdict.outcome).toBe('violated');
    expect(observed(verdict)).toMatch(
      /not finished.*Job meho-schema: FailedCreate: .*serviceaccount "meho-later" not found/,
    );
    stop.abort(new Error('seen enough'));
    await expect(installing).rejects.toThrow('seen enough');
  });
});

describe('the Deployment is not available, and the line names the cause', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['an image that is not there', { image: 'meho.example.com/none:1' }, /container meho: ErrImageNeverPull/],
    ['a Secret that is not there', { secret: 'none' }, /CreateContainerConfigError: .*secret "none" not found/],
    ['a container that ends', { args: ['no-such-command'] }, /container meho.*last exit code 1/],
    ['a probe that never answers 200', { readinessPort: 8081 }, /container meho runs but is not ready/],
  ])('%s', async (_, change, cause) => {
    const { helm, values, look } = await story();
    await helm.install({
      chart: chart.folder,
      values: { ...values, migrate: null, ...change },
      timeoutMs,
      noWait: true,
    });
    const seen = await waitFor(
      `the line to name ${cause}`,
      async () => {
        const verdict = await look('deployment', 1_000);
        return verdict.outcome === 'violated' && cause.test(observed(verdict))
          ? holds(verdict)
          : notYet(observed(verdict));
      },
      { deadlineMs: 30_000, signal },
    );
    expect(seen).toMatchObject({ severity: 'failure', hint: expect.stringContaining('kubectl') });
  });

  test('a namespace that only takes restricted pods', async () => {
    const { helm, values, look } = await story({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    await helm.install({ chart: chart.folder, values: { ...values, migrate: null }, timeoutMs, noWait: true });
    expect(observed(await look('deployment', 3_000))).toMatch(/pods are refused: .*violates PodSecurity "restricted/);
  });

  test('a quota that is too small', async () => {
    const { helm, values, look, namespace } = await story();
    await real.api.create(resourceQuotas, namespace, { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } });
    await helm.install({ chart: chart.folder, values: { ...values, migrate: null }, timeoutMs, noWait: true });
    expect(observed(await look('deployment', 3_000))).toMatch(/pods are refused: .*exceeded quota: none/);
  });

  test('scaled to 0', async () => {
    const { helm, values, look, namespace } = await story();
    await helm.install({ chart: chart.folder, values: { ...values, migrate: null }, timeoutMs });
    await real.api.patch(deployments, namespace, 'meho-server', { spec: { replicas: 0 } });
    expect(observed(await look('deployment'))).toContain('scaled to 0');
  });
});

test('an identity without rights is a failure that says so, not a red Deployment', async () => {
  const { helm, values, namespace } = await story();
  await helm.install({ chart: chart.folder, values: { ...values, migrate: null }, timeoutMs });
  await waitForRollout(
    real.api,
    { namespace, labels: selectorOf({ namespace, release: 'meho' }) },
    { deadlineMs: 30_000 },
  );
  const { KubeApi } = await import('@meho/kube/api/api');
  const { access } = real.api;
  using nobody = new KubeApi({
    ...access,
    identity: { ...access.identity, impersonate: { 'impersonate-user': 'nobody' } },
  });
  const subject = { namespace, release: 'meho' };
  const cluster = { api: nobody, ...subject, rolloutDeadlineMs: 60_000 };
  const verdict = await deploymentAvailable(subject).run({ cluster }, signal);
  expect(verdict).toMatchObject({ outcome: 'unknown', hint: expect.stringContaining('auth can-i') });
  expect(observed(verdict)).toMatch(/refused: .*403 Forbidden/);
});
