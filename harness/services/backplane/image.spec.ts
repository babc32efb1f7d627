// biome-ignore-all lint/style/noRestrictedImports: the spec of the image starts what it depends on

import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { type StartedPostgres, startPostgres } from '../postgres.ts';
import { type StartedValkey, startValkey } from '../valkey.ts';
import { type BackplaneTestContext, migrate, RunningImage, runUntilExit } from './testing/containers.ts';

let things: RealDependencies;
let network: ContainerNetwork;
let postgres: StartedPostgres;
let valkey: StartedValkey;
let site: BackplaneTestContext;

beforeAll(async () => {
  things = await realDependencies('postgres', 'valkey', 'backplane', 'backplane-next');
  network = await createNetwork(things.labels);
  site = { things, network };
  [postgres, valkey] = await Promise.all([startPostgres(place('postgres')), startValkey(place('valkey'))]);
}, 1_800_000);
afterAll(async () => {
  await Promise.all([postgres?.stop(), valkey?.stop()]);
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

function place(name: 'postgres' | 'valkey') {
  return { image: things.image(name), labels: things.labels, network, signal: things.signal };
}

function environmentFor(database: Database): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: database.urlFromPods(),
    DATABASE_POOL_TIMEOUT: '2',
    BROADCAST_REDIS_URL: valkey.urlFromPods(),
    BACKPLANE_URL: 'https://meho.example.com',
    MCP_RESOURCE_URI: 'https://meho.example.com/mcp',
    CHART_VERSION: '0.1.0',
    READINESS_PROBES: 'database,migration,broadcast',
    SHUTDOWN_DRAIN_SECONDS: '2',
  };
}

const start = (database: Database, name: 'backplane' | 'backplane-next' = 'backplane') => ({
  image: things.image(name),
  environment: environmentFor(database),
});

describe('the migration', () => {
  test('goes to head, and a second time does nothing', async () => {
    await using database = await postgres.createDatabase('twice');
    expect(await runUntilExit(site, start(database), migrate)).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/applied 0001_audit_log\napplied 0002_audit_log_tenant\n.*nothing to do/),
    });
    const again = await runUntilExit(site, start(database), migrate);
    expect(again).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^schema is at 0002\w+, the head: nothing to do\s*$/),
    });
  });

  test('run by three at the same time applies each step once', async () => {
    await using database = await postgres.createDatabase('at-once');
    const ends = await Promise.all([1, 2, 3].map(() => runUntilExit(site, start(database), migrate)));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(ends.flatMap(({ output }) => output.match(/applied \w+/g) ?? []).sort()).toEqual([
      'applied 0001_audit_log',
      'applied 0002_audit_log_tenant',
    ]);
  });

  test('makes the table of the contract', async () => {
    await using database = await postgres.createDatabase('columns');
    await runUntilExit(site, start(database), migrate);
    const columns = await database.query<{ line: string }>(
      `SELECT concat_ws(' ', column_name, data_type, is_nullable, column_default) AS line
       FROM information_schema.columns WHERE table_name = 'audit_log' ORDER BY ordinal_position`,
    );
    expect(columns.map(({ line }) => line)).toEqual([
      'id uuid NO gen_random_uuid()',
      'occurred_at timestamp with time zone NO now()',
      'operator_sub text NO',
      'method text NO',
      'path text NO',
      'status_code integer NO',
      'request_id uuid YES',
      'duration_ms numeric YES',
      "payload jsonb NO '{}'::jsonb",
      'tenant_id uuid YES',
    ]);
    const indexes = await database.query<{ indexname: string }>(
      `SELECT indexname FROM pg_indexes WHERE tablename = 'audit_log' ORDER BY 1`,
    );
    expect(indexes.map(({ indexname }) => indexname)).toEqual([
      'audit_log_pkey',
      'ix_audit_log_occurred_at',
      'ix_audit_log_operator_sub',
      'ix_audit_log_tenant_id',
    ]);
  });

  test('that fails names class and message on its last line, and leaves nothing behind', async () => {
    await using database = await postgres.createDatabase('fails');
    await database.query('CREATE TABLE audit_log (id int)');
    const { exitCode, output } = await runUntilExit(site, start(database), migrate);
    expect(exitCode).toBe(1);
    expect(output.trim()).toBe('migration_failed: DuplicateTableError: relation "audit_log" already exists');
    expect(await database.query(`SELECT 1 FROM pg_tables WHERE tablename = 'alembic_version'`)).toEqual([]);
  });

  test('with a wrong password says so without it', async () => {
    await using database = await postgres.createDatabase('password');
    const environment = { DATABASE_URL: database.urlFromPods().replace(/:[^:@]+@/, ':wr0ngpassw0rd@') };
    const { exitCode, output } = await runUntilExit(site, { image: things.image('backplane'), environment }, migrate);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^migration_failed: InvalidPasswordError: password authentication failed for user/);
    expect(output).not.toContain('wr0ngpassw0rd');
  });

  test('refuses a schema of another history', async () => {
    await using database = await postgres.createDatabase('foreign');
    await database.query('CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)');
    await database.query(`INSERT INTO alembic_version VALUES ('a1b2c3d4e5f6')`);
    const { exitCode, output } = await runUntilExit(site, start(database), migrate);
    expect(exitCode).toBe(1);
    expect(output).toContain('a1b2c3d4e5f6, which is not in this image');
  });
});

test('python runs the migration and nothing else', async () => {
  await using database = await postgres.createDatabase('python');
  for (const command of [['python'], ['python', '-c', 'print()'], ['python', '-m', 'http.server']] as const) {
    expect(await runUntilExit(site, start(database), command)).toEqual({
      exitCode: 2,
      output: expect.stringContaining('only runs: python -m meho_backplane.db.migrate'),
    });
  }
});

test('a start without its settings names them all and ends with 2', async () => {
  const { exitCode, output } = await runUntilExit(site, { image: things.image('backplane'), environment: {} });
  expect(exitCode).toBe(2);
  for (const name of ['DATABASE_URL', 'BACKPLANE_URL', 'MCP_RESOURCE_URI']) {
    expect(output).toContain(`configuration: ${name} is not set`);
  }
});

describe('the server', () => {
  test('runs as uid 1001, and tells which commit it is', async () => {
    await using database = await postgres.createDatabase('version');
    const { output } = await runUntilExit(site, start(database), ['id', '-u']);
    expect(output.trim()).toBe('1001');
    await using n = await RunningImage.start(site, start(database));
    await using next = await RunningImage.start(site, start(database, 'backplane-next'));
    const [version, nextVersion] = [await n.get('/version'), await next.get('/version')];
    const tag = things.image('backplane').reference.split(':').at(-1);
    expect(version.body).toEqual({
      git_sha: tag?.match(/^sha-([0-9a-f]{40})/)?.[1],
      build_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
      chart_version: '0.1.0',
    });
    expect(nextVersion.body).not.toMatchObject({ git_sha: Reflect.get(Object(version.body), 'git_sha') });
  });

  test('is unready until the schema is there, and ready on a schema ahead of it', async () => {
    await using database = await postgres.createDatabase('ahead');
    await using server = await RunningImage.start(site, start(database));
    await server.untilFailing({ migration: 'not_migrated' });
    await runUntilExit(site, start(database), migrate);
    await server.untilFailing({});
    const next = await runUntilExit(site, start(database, 'backplane-next'), migrate);
    expect(next.output).toContain('applied 0003_payload_summary');
    expect(await server.failing()).toEqual({});
    expect(JSON.stringify((await server.get('/ready')).body)).toContain('ahead_of_image');
    const back = await runUntilExit(site, start(database), migrate);
    expect(back).toEqual({ exitCode: 0, output: expect.stringContaining('ahead of this image') });
    const columns = await database.query(
      `SELECT 1 FROM information_schema.columns WHERE table_name = 'audit_log' AND column_name LIKE 'payload_summary%'`,
    );
    expect(columns).toHaveLength(2);
  });

  test('of N+1 is unready on the schema of N', async () => {
    await using database = await postgres.createDatabase('behind');
    await runUntilExit(site, start(database), migrate);
    await using next = await RunningImage.start(site, start(database, 'backplane-next'));
    await next.untilFailing({ migration: 'schema_behind' });
  });

  // A stopped container's address is refused or silent, depending on the network.
  test.each(['stopped', 'silent'] as const)('sees a database that is %s, and that it is back', async (kind) => {
    await using base = await postgres.createDatabase(`database-${kind}`);
    await runUntilExit(site, start(base), migrate);
    await using server = await RunningImage.start(site, start(base));
    await server.untilFailing({});
    {
      await using _outage = await postgres.outage(kind);
      await server.untilFailing({
        database: /^query_failed: (ConnectError|ConnectTimeout|TimeoutError)$/,
        migration: /^revision_unreadable: (ConnectError|ConnectTimeout|TimeoutError)$/,
      });
      expect((await server.get('/healthz')).status).toBe(200);
    }
    await server.untilFailing({});
  });

  test.each(['stopped', 'silent'] as const)('sees a broker that is %s, and that it is back', async (kind) => {
    await using base = await postgres.createDatabase(`broker-${kind}`);
    await runUntilExit(site, start(base), migrate);
    await using server = await RunningImage.start(site, start(base));
    await server.untilFailing({});
    {
      await using _outage = await valkey.outage(kind);
      await server.untilFailing({ broadcast: /^ping_failed: (ConnectError|ConnectTimeout|TimeoutError)$/ });
    }
    await server.untilFailing({});
  });

  test('told to stop, it answers everybody while it drains, and ends with 0 within 10 s', async () => {
    await using base = await postgres.createDatabase('drain');
    await runUntilExit(site, start(base), migrate);
    await using server = await RunningImage.start(site, start(base));
    await server.untilFailing({});
    const startedMs = performance.now();
    const ended = server.terminate();
    await server.untilFailing({ shutdown: 'draining' });
    const statuses = await Promise.all(Array.from({ length: 50 }, () => server.get('/version')));
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await ended).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});
