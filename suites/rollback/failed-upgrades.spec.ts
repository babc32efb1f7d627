import { history } from '../../harness/helm/history.ts';
import { helmVersion, majorOf } from '../../harness/helm/program.ts';
import { pods } from '../../harness/kube/resource.ts';
import {
  byHand,
  describe,
  type Environment,
  expect,
  holds,
  imageValues,
  install,
  installToFailure,
  interruptHelm,
  nextImage,
  noNextImage,
  notYet,
  onlyAnswers,
  releaseOn,
  runRollbackVerify,
  type Site,
  schemaDump,
  test,
  untilPending,
  waitFor,
} from '../../harness/test.ts';
import { expectWorkingN } from './working-n.ts';

const timeoutMs = 60_000;
/** Helm's own deadline for an upgrade that can't succeed. */
const shortTimeoutMs = 10_000;
/** Nobody looks whether N+1 is ready for so long: helm is still waiting when it is to be interrupted. */
const slowStart = { probes: { readiness: { initialDelaySeconds: 120 } } };
const columns = ['payload_summary'];

test.beforeEach(({ environment, skip }) => {
  const why = noNextImage(environment);
  skip(why !== undefined, why);
});

describe.concurrent('an upgrade to N+1', () => {
  test('whose migration fails half way leaves no half of it, and N at work', async ({
    environment,
    newSite,
    signal,
  }) => {
    const site = await newSite('half-way');
    const next = await nextImage(environment);
    await install(environment, site, { signal });
    // In the way of the second of two columns that come in one transaction.
    await site.database.query('ALTER TABLE audit_log ADD COLUMN payload_summary_jsonb text');
    const before = await schemaDump(site.database);
    const values = { ...imageValues(next), migrationJob: { backoffLimit: 0 } };
    const failed = await installToFailure(environment, site, { values, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringMatching(/^migration_failed: \w+: .*"payload_summary_jsonb".* already exists/),
    });
    expect(await schemaDump(site.database)).toEqual(before);
    await onlyAnswers(environment, site, environment.judged.gitSha, signal);
    await releaseOn(environment, site).rollback({ timeoutMs, signal });
    await expectWorkingN(environment, site, 1, signal);
  });

  test('whose image never becomes ready leaves N at work', async ({ environment, newSite, signal }) => {
    const site = await newSite('never-ready');
    const next = await nextImage(environment);
    await install(environment, site, { signal });
    // TEST-NET-1: nobody is there. What N runs with, it has read at its start.
    const address = 'https://192.0.2.1:8200';
    const values = { ...imageValues(next), vault: { address }, config: { vaultAddr: address } };
    const failed = await installToFailure(environment, site, { values, signal });
    expect(failed.causes.find(({ id }) => id === 'never-ready')).toMatchObject({
      observed: expect.stringContaining('Readiness probe failed'),
    });
    await onlyAnswers(environment, site, environment.judged.gitSha, signal);
    await releaseOn(environment, site).rollback({ timeoutMs, signal });
    await expectWorkingN(environment, site, 1, signal);
  });

  test('that timed out, twice, is not what Helm’s own rollback goes back from: the verifier names the revision', async ({
    environment,
    newSite,
    signal,
  }) => {
    const site = await newSite('timed-out');
    const next = await nextImage(environment);
    await install(environment, site, { signal });
    const slow = { ...imageValues(next), ...slowStart };
    for (const helmTimeoutMs of [shortTimeoutMs, shortTimeoutMs / 2]) {
      const failed = await installToFailure(environment, site, { values: slow, helmTimeoutMs, signal });
      // On a busy machine it is the hook that runs out of time, and then helm itself.
      expect(String(failed.error)).toMatch(/deadline|timed out|ran over/);
    }
    await byHand(environment, await namedCommand(environment, site), signal);
    await expectWorkingN(environment, site, 1, signal);
  });

  test('that its operator broke off leaves N at work, and the verifier names the one command', async ({
    environment,
    newSite,
    signal,
  }) => {
    const site = await newSite('ctrl-c');
    const next = await nextImage(environment);
    await install(environment, site, { signal });
    const interruption = { by: 'SIGINT', when: () => podOf(environment, site, next.tag, signal) } as const;
    await interruptHelm(environment, site, interruption, { values: { ...imageValues(next), ...slowStart }, signal });
    const { api, request } = environment;
    const last = (await history(api, site.namespace, request.subject.release, { signal })).at(-1);
    expect(last?.status).toMatch(/^(failed|pending-upgrade)$/);
    await byHand(environment, await namedCommand(environment, site), signal);
    await expectWorkingN(environment, site, 1, signal);
  });

  test('of a release that somebody has scaled by hand: Helm 4 refuses, who has set what is named, and so is the way back', async ({
    environment,
    newSite,
    signal,
    skip,
  }) => {
    const version = await helmVersion(environment.helm);
    skip(majorOf(version) === 3, `helm ${version} takes over what others have set`);
    const site = await newSite('scaled');
    const next = await nextImage(environment);
    await install(environment, site, { signal });
    await byHand(environment, `kubectl -n ${site.namespace} scale deployment meho --replicas=2`, signal);
    const refused = await installToFailure(environment, site, { values: imageValues(next), signal });
    expect(refused.causes[0]).toMatchObject({
      id: 'field-conflict',
      object: 'Deployment meho',
      observed: expect.stringMatching(/^kubectl \(scale\) has set \.spec\.replicas; /),
      command: `helm rollback meho 1 --namespace ${site.namespace} --wait --force-conflicts`,
    });
    await byHand(environment, await namedCommand(environment, site), signal);
    await expectWorkingN(environment, site, 1, signal);
  });

  test('whose helm was killed is pending: another is refused, and names the one command', async ({
    environment,
    newSite,
    signal,
  }) => {
    const site = await newSite('killed');
    const next = await nextImage(environment);
    await install(environment, site, { signal });
    const values = { ...imageValues(next), ...slowStart };
    const interruption = {
      by: 'SIGKILL',
      when: () => untilPending(environment, site, 'pending-upgrade', signal),
    } as const;
    await interruptHelm(environment, site, interruption, { values, signal });
    const command = `helm rollback meho 1 --namespace ${site.namespace} ${await flagsBack(environment)}`;
    const refused = await installToFailure(environment, site, { values, signal });
    expect(refused.causes[0]).toMatchObject({
      id: 'release-pending',
      observed: expect.stringContaining('revision 2 is pending-upgrade'),
      next: expect.stringContaining(command),
      command,
    });
    await byHand(environment, command, signal);
    await expectWorkingN(environment, site, 1, signal);
  });
});

/** What Helm 4 has installed, the server applies: only so it goes back whatever somebody has set since. */
async function flagsBack({ helm }: Environment): Promise<string> {
  return majorOf(await helmVersion(helm)) === 3 ? '--wait' : '--wait --force-conflicts';
}

/** The command that rollback-verify's first line tells to run. */
async function namedCommand(environment: Environment, site: Site): Promise<string> {
  // The rollout of N+1 stands still: there is nothing to wait a minute for.
  const { exitCode, stderr } = await runRollbackVerify(environment, site, columns, { 'rollout-timeout': '2' });
  expect(exitCode).toBe(1);
  const command = `helm -n ${site.namespace} rollback meho 1 ${await flagsBack(environment)}`;
  expect(stderr).toContain(command);
  return command;
}

async function podOf({ api }: Environment, { namespace }: Site, tag: string, signal: AbortSignal): Promise<void> {
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
