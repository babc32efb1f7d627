import {
  describe,
  type Environment,
  expect,
  holds,
  type InstallTarget,
  imageValues,
  install,
  installToFailure,
  interruptHelm,
  nextImage,
  notYet,
  releaseOn,
  runAsOperator,
  runRollbackVerify,
  schemaDump,
  test,
  waitFor,
  waitForOnlyBuild,
  waitForPending,
  whyLeftOut,
  whyNoNextImage,
} from '@meho/harness/test';
import { history } from '@meho/helm/history';
import { helmVersion, majorOf } from '@meho/helm/program';
import { pods } from '@meho/kube/api/resource';
import { backplaneDeployment, expectWorkingN } from './working-n.ts';

const timeoutMs = 60_000;
/** For an upgrade that can't succeed. */
const shortTimeoutMs = 10_000;
/** Keeps N+1 unready, so that helm still waits when it is interrupted. */
const slowStart = { probes: { readiness: { initialDelaySeconds: 120 } } };
const slowStartAt = ['probes', 'readiness', 'initialDelaySeconds'] as const;
const columns = ['payload_summary'];

test.beforeEach(({ environment, skip }) => {
  const why = whyNoNextImage(environment);
  skip(why !== undefined, why);
});

describe.concurrent('an upgrade to N+1', () => {
  test('whose migration fails half way leaves no half of it, and N at work', async ({
    environment,
    newSite,
    signal,
  }) => {
    const target = await newSite('half-way');
    const next = await nextImage(environment);
    await install(environment, target, { signal });
    // Conflicts with the second of two columns in one transaction.
    await target.database.query('ALTER TABLE audit_log ADD COLUMN payload_summary_jsonb text');
    const before = await schemaDump(target.database);
    const values = { ...imageValues(next), migrationJob: { backoffLimit: 0 } };
    const failed = await installToFailure(environment, target, { values, signal });
    // Where pods of the Job may restart, Kubernetes deletes them with their log when it gives up on the Job.
    const keepsLog = whyLeftOut(environment, ['migrationJob', 'restartPolicy']) === undefined;
    const told = {
      id: 'migration-failed',
      observed: expect.stringMatching(/^migration_failed: \w+: .*"payload_summary_jsonb".* already exists/),
    };
    expect(failed.causes[0]).toMatchObject(
      keepsLog ? told : { id: expect.stringMatching(/^(?:migration|job)-failed$/) },
    );
    expect(await schemaDump(target.database)).toEqual(before);
    await waitForOnlyBuild(environment, target, environment.judged.gitSha, signal);
    await releaseOn(environment, target).rollback({ timeoutMs, signal });
    await expectWorkingN(environment, target, 1, signal);
  });

  test('whose image never becomes ready leaves N at work', async ({ environment, newSite, signal }) => {
    const target = await newSite('never-ready');
    const next = await nextImage(environment);
    await install(environment, target, { signal });
    // Nobody answers at TEST-NET-1; N read its settings at start.
    const address = 'https://192.0.2.1:8200';
    const values = { ...imageValues(next), vault: { address }, config: { vaultAddr: address } };
    const failed = await installToFailure(environment, target, { values, signal });
    expect(failed.causes.find(({ id }) => id === 'never-ready')).toMatchObject({
      observed: expect.stringContaining('Readiness probe failed'),
    });
    await waitForOnlyBuild(environment, target, environment.judged.gitSha, signal);
    await releaseOn(environment, target).rollback({ timeoutMs, signal });
    await expectWorkingN(environment, target, 1, signal);
  });

  test('that timed out, twice, is not what Helm’s own rollback goes back from: the verifier names the revision', async ({
    environment,
    newSite,
    signal,
    skip,
  }) => {
    const unsettable = whyLeftOut(environment, slowStartAt);
    skip(unsettable !== undefined, unsettable);
    const target = await newSite('timed-out');
    const next = await nextImage(environment);
    await install(environment, target, { signal });
    const slow = { ...imageValues(next), ...slowStart };
    for (const helmTimeoutMs of [shortTimeoutMs, shortTimeoutMs / 2]) {
      const failed = await installToFailure(environment, target, { values: slow, helmTimeoutMs, signal });
      // On a busy machine the hook may time out before helm.
      expect(String(failed.error)).toMatch(/deadline|timed out|ran over/);
    }
    await runAsOperator(environment, target, await namedCommand(environment, target), signal);
    await expectWorkingN(environment, target, 1, signal);
  });

  test('that its operator broke off leaves N at work, and the verifier names the one command', async ({
    environment,
    newSite,
    signal,
    skip,
  }) => {
    const unsettable = whyLeftOut(environment, slowStartAt);
    skip(unsettable !== undefined, unsettable);
    const target = await newSite('ctrl-c');
    const next = await nextImage(environment);
    await install(environment, target, { signal });
    const interruption = { by: 'SIGINT', when: () => podOf(environment, target, next.tag, signal) } as const;
    await interruptHelm(environment, target, interruption, { values: { ...imageValues(next), ...slowStart }, signal });
    const { api, request } = environment;
    const last = (await history(api, target.namespace, request.subject.release, { signal })).at(-1);
    expect(last?.status).toMatch(/^(failed|pending-upgrade)$/);
    await runAsOperator(environment, target, await namedCommand(environment, target), signal);
    await expectWorkingN(environment, target, 1, signal);
  });

  test('of a release that somebody has scaled by hand: Helm 4 refuses, who has set what is named, and so is the way back', async ({
    environment,
    newSite,
    signal,
    skip,
  }) => {
    const version = await helmVersion(environment.helm);
    skip(majorOf(version) === 3, `helm ${version} takes over what others have set`);
    const target = await newSite('scaled');
    const next = await nextImage(environment);
    await install(environment, target, { signal });
    const deployment = await backplaneDeployment(environment, target, signal);
    await runAsOperator(
      environment,
      target,
      `kubectl -n ${target.namespace} scale deployment ${deployment} --replicas=2`,
      signal,
    );
    const refused = await installToFailure(environment, target, { values: imageValues(next), signal });
    expect(refused.causes[0]).toMatchObject({
      id: 'field-conflict',
      object: `Deployment ${deployment}`,
      observed: expect.stringMatching(/^kubectl \(scale\) has set \.spec\.replicas; /),
      command: `helm rollback ${environment.request.subject.release} 1 --namespace ${target.namespace} --wait --force-conflicts`,
    });
    await runAsOperator(environment, target, await namedCommand(environment, target), signal);
    await expectWorkingN(environment, target, 1, signal);
  });

  test('whose helm was killed is pending: another is refused, and names the one command', async ({
    environment,
    newSite,
    signal,
    skip,
  }) => {
    const unsettable = whyLeftOut(environment, slowStartAt);
    skip(unsettable !== undefined, unsettable);
    const target = await newSite('killed');
    const next = await nextImage(environment);
    await install(environment, target, { signal });
    const values = { ...imageValues(next), ...slowStart };
    const interruption = {
      by: 'SIGKILL',
      when: () => waitForPending(environment, target, 'pending-upgrade', signal),
    } as const;
    await interruptHelm(environment, target, interruption, { values, signal });
    const command = `helm rollback ${environment.request.subject.release} 1 --namespace ${target.namespace} ${await flagsBack(environment)}`;
    const refused = await installToFailure(environment, target, { values, signal });
    expect(refused.causes[0]).toMatchObject({
      id: 'release-pending',
      observed: expect.stringContaining('revision 2 is pending-upgrade'),
      next: expect.stringContaining(command),
      command,
    });
    await runAsOperator(environment, target, command, signal);
    await expectWorkingN(environment, target, 1, signal);
  });
});

/** Helm 4 applies server-side: rolling back others' changes needs force. */
async function flagsBack({ helm }: Environment): Promise<string> {
  return majorOf(await helmVersion(helm)) === 3 ? '--wait' : '--wait --force-conflicts';
}

/** Reads it from rollback-verify's first line. */
async function namedCommand(environment: Environment, target: InstallTarget): Promise<string> {
  // The rollout is stuck, so there is no need to wait a minute.
  const { exitCode, stderr } = await runRollbackVerify(environment, target, columns, { 'rollout-timeout': '2' });
  expect(exitCode).toBe(1);
  const command = `helm -n ${target.namespace} rollback ${environment.request.subject.release} 1 ${await flagsBack(environment)}`;
  expect(stderr).toContain(command);
  return command;
}

async function podOf(
  { api }: Environment,
  { namespace }: InstallTarget,
  tag: string,
  signal: AbortSignal,
): Promise<void> {
  await waitFor(
    `a pod of ${tag}`,
    async () => {
      const { items } = await api.list(
        pods,
        { namespace, labels: 'app.kubernetes.io/name=meho,app.kubernetes.io/component!=migrate' },
        { signal },
      );
      const found = items.some(({ spec }) => spec?.containers.some(({ image }) => image?.endsWith(`:${tag}`)));
      return found ? holds(undefined) : notYet(`${items.length} pods of another image`);
    },
    { deadlineMs: timeoutMs, intervalMs: 100, signal },
  );
}
