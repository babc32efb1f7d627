import {
  applyRelease,
  describe,
  type Environment,
  expect,
  holds,
  type InstallTarget,
  install,
  installToFailure,
  needs,
  notYet,
  readFailedInstallState,
  test,
  waitFor,
  waitForFailedJob,
} from '@meho/harness/test';
import { jobs, secrets } from '@meho/kube/api/resource';
import { causeIds } from '../causes.ts';
import { expectInstallAfterFix } from './install-after-fix.ts';

needs('our chart');

/** The Job fails with its first pod. */
const failedJobMs = 120_000;
/** Retried failures must outlast a network blip. */
const retriedJobMs = 150_000;
const noRetries = { migrationJob: { backoffLimit: 0 } };

describe.concurrent('a migration that fails', () => {
  test('for its SQL is told in the database’s words', async ({ environment, newSite, signal }) => {
    const target = await newSite('sql-error');
    await target.database.query('CREATE TABLE audit_log (in_the_way int)');
    const failed = await installToFailure(environment, target, { values: noRetries, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringMatching(/^migration_failed: \w+: .*"audit_log" already exists/),
    });
    const left = await waitForFailedJob(environment, target, signal);
    expect(left).toMatchObject({ rolledOut: [], failedJobs: ['meho-migrate'] });
    expect(left.migrationLog).toContain('migration_failed: ');
    await target.database.query('DROP TABLE audit_log');
    await install(environment, target, { signal });
    // Success is garbage-collected (seed, "Hook semantics"), and the failed Job too.
    const after = await environment.api.list(jobs, { namespace: target.namespace }, { signal });
    expect(after.items).toEqual([]);
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });

  test('for a wrong password says so, and never which', async ({ environment, newSite, signal }) => {
    const target = await newSite('wrong-password');
    await setUrl(environment, target, target.database.urlFromPods().replace(/:[^:@]+@/, ':not-the-password@'));
    const failed = await installToFailure(environment, target, { values: noRetries, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringContaining('password authentication failed'),
    });
    expect(String(failed.error)).not.toContain('not-the-password');
    const left = await waitForFailedJob(environment, target, signal);
    expect(left).toMatchObject({ rolledOut: [], failedJobs: ['meho-migrate'] });
    await setUrl(environment, target, target.database.urlFromPods());
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });

  test('for a database out of reach is named while the Job still retries', async ({ environment, newSite, signal }) => {
    const target = await newSite('unreachable');
    await setUrl(environment, target, target.database.urlFromPods().replace(':5432/', ':5433/'));
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringMatching(/^migration_failed: .*(ECONNREFUSED|refused|timeout|unreachable)/i),
    });
    await expectInstallAfterFix(environment, target, signal, () =>
      setUrl(environment, target, target.database.urlFromPods()),
    );
    expect(failed.afterMs).toBeLessThan(retriedJobMs);
  });

  test('for running over the Job’s deadline is named as that', async ({ environment, newSite, signal }) => {
    const target = await newSite('job-deadline');
    const { api } = environment;
    await holdMigration(target);
    const failing = installToFailure(environment, target, { signal });
    await waitFor(
      'the migration to run',
      async () => {
        const { items } = await api.list(jobs, { namespace: target.namespace }, { signal });
        return items.some(({ status }) => status?.active === 1) ? holds(undefined) : notYet('no active Job');
      },
      { deadlineMs: 90_000, signal },
    );
    await api.patch(jobs, target.namespace, 'meho-migrate', { spec: { activeDeadlineSeconds: 4 } }, { signal });
    const failed = await failing;
    expect(causeIds(failed)).toContain('job-deadline-exceeded');
    const left = await waitForFailedJob(environment, target, signal);
    expect(left).toMatchObject({ rolledOut: [], failedJobs: ['meho-migrate'] });
    await releaseMigration(target);
    await install(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });

  test('to end within Helm’s deadline is what Helm waited for', async ({ environment, newSite, signal }) => {
    const target = await newSite('helm-deadline');
    await holdMigration(target);
    const failed = await installToFailure(environment, target, { helmTimeoutMs: 15_000, signal });
    expect(failed.causes[0]).toMatchObject({ id: 'job-unfinished', object: 'Job meho-migrate' });
    expect((await readFailedInstallState(environment, target, signal)).rolledOut).toEqual([]);
    await releaseMigration(target);
    await applyRelease(environment, target, { signal });
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });
});

async function setUrl({ api }: Environment, { namespace }: InstallTarget, url: string): Promise<void> {
  await api.patch(secrets, namespace, 'meho-postgres', { stringData: { url } });
}

/** The migration sleeps for minutes when it records the revision. */
async function holdMigration({ database }: InstallTarget): Promise<void> {
  await database.query('CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)');
  await database.query(
    `CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(240); RETURN NEW; END $$`,
  );
  await database.query('CREATE TRIGGER hold BEFORE INSERT ON alembic_version FOR EACH ROW EXECUTE FUNCTION hold()');
}

async function releaseMigration({ database }: InstallTarget): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await database.query('DROP TABLE alembic_version');
}
