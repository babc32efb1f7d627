import { jobs, secrets } from '../../../harness/kube/resource.ts';
import {
  aftermath,
  describe,
  drive,
  type Environment,
  expect,
  failedJobStays,
  holds,
  install,
  installToFailure,
  needs,
  notYet,
  type Site,
  test,
  waitFor,
} from '../../../harness/test.ts';
import { causeIds } from '../causes.ts';
import { installsOnceMended } from './mended.ts';

needs('our chart');

/** A Job without retries fails with its first pod. */
const failedJobMs = 120_000;
/** With retries a failure counts once it has outlasted a blip of the network. */
const retriedJobMs = 150_000;
const noRetries = { migrationJob: { backoffLimit: 0 } };

describe.concurrent('a migration that fails', () => {
  test('for its SQL is told in the database’s words', async ({ environment, newSite, signal }) => {
    const site = await newSite('sql-error');
    await site.database.query('CREATE TABLE audit_log (in_the_way int)');
    const failed = await installToFailure(environment, site, { values: noRetries, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringMatching(/^migration_failed: \w+: .*"audit_log" already exists/),
    });
    const left = await failedJobStays(environment, site, signal);
    expect(left).toMatchObject({ rolledOut: [], failedJobs: ['meho-migrate'] });
    expect(left.migrationLog).toContain('migration_failed: ');
    await site.database.query('DROP TABLE audit_log');
    await install(environment, site, { signal });
    // Success is garbage-collected (seed, "Hook semantics"): also the failed Job before it.
    const after = await environment.api.list(jobs, { namespace: site.namespace }, { signal });
    expect(after.items).toEqual([]);
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });

  test('for a wrong password says so, and never which', async ({ environment, newSite, signal }) => {
    const site = await newSite('wrong-password');
    await setUrl(environment, site, site.database.urlFromPods().replace(/:[^:@]+@/, ':not-the-password@'));
    const failed = await installToFailure(environment, site, { values: noRetries, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringContaining('password authentication failed'),
    });
    expect(String(failed.error)).not.toContain('not-the-password');
    const left = await failedJobStays(environment, site, signal);
    expect(left).toMatchObject({ rolledOut: [], failedJobs: ['meho-migrate'] });
    await setUrl(environment, site, site.database.urlFromPods());
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });

  test('for a database out of reach is named while the Job still retries', async ({ environment, newSite, signal }) => {
    const site = await newSite('unreachable');
    await setUrl(environment, site, site.database.urlFromPods().replace(':5432/', ':5433/'));
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'migration-failed',
      observed: expect.stringMatching(/^migration_failed: .*(ECONNREFUSED|refused|timeout|unreachable)/i),
    });
    await installsOnceMended(environment, site, signal, () => setUrl(environment, site, site.database.urlFromPods()));
    expect(failed.afterMs).toBeLessThan(retriedJobMs);
  });

  test('for running over the Job’s deadline is named as that', async ({ environment, newSite, signal }) => {
    const site = await newSite('job-deadline');
    const { api } = environment;
    await holdMigration(site);
    const failing = installToFailure(environment, site, { signal });
    await waitFor(
      'the migration to run',
      async () => {
        const { items } = await api.list(jobs, { namespace: site.namespace }, { signal });
        return items.some(({ status }) => status?.active === 1) ? holds(undefined) : notYet('no active Job');
      },
      { deadlineMs: 90_000, signal },
    );
    await api.patch(jobs, site.namespace, 'meho-migrate', { spec: { activeDeadlineSeconds: 4 } }, { signal });
    const failed = await failing;
    expect(causeIds(failed)).toContain('job-deadline-exceeded');
    const left = await failedJobStays(environment, site, signal);
    expect(left).toMatchObject({ rolledOut: [], failedJobs: ['meho-migrate'] });
    await releaseMigration(site);
    await install(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });

  test('to end within Helm’s deadline is what Helm waited for', async ({ environment, newSite, signal }) => {
    const site = await newSite('helm-deadline');
    await holdMigration(site);
    const failed = await installToFailure(environment, site, { helmTimeoutMs: 15_000, signal });
    expect(failed.causes[0]).toMatchObject({ id: 'job-unfinished', object: 'Job meho-migrate' });
    expect((await aftermath(environment, site, signal)).rolledOut).toEqual([]);
    await releaseMigration(site);
    await drive(environment, site, { signal });
    expect(failed.afterMs).toBeLessThan(failedJobMs);
  });
});

async function setUrl({ api }: Environment, { namespace }: Site, url: string): Promise<void> {
  await api.patch(secrets, namespace, 'meho-postgres', { stringData: { url } });
}

/** A migration that takes minutes: whatever records its revision waits. */
async function holdMigration({ database }: Site): Promise<void> {
  await database.query('CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY)');
  await database.query(
    `CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(240); RETURN NEW; END $$`,
  );
  await database.query('CREATE TRIGGER hold BEFORE INSERT ON alembic_version FOR EACH ROW EXECUTE FUNCTION hold()');
}

async function releaseMigration({ database }: Site): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await database.query('DROP TABLE alembic_version');
}
