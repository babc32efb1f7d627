import { AuditLog } from '@meho/contract/audit-log/audit-log';
import { Secret } from '@meho/contract/token/secret';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../services/database.ts';
import { type StartedPostgres, startPostgres } from '../../../services/postgres.ts';

const QUERY = { method: 'GET', path: '/api/v1/health', statusCode: 200 };
const SUB = `o'hara"; DROP TABLE audit_log; --`;
let things: RealDependencies;
let network: ContainerNetwork;
let postgres: StartedPostgres;
let database: Database;

beforeAll(async () => {
  things = await realDependencies('postgres');
  network = await createNetwork(things.labels);
  postgres = await startPostgres({
    image: things.image('postgres'),
    labels: things.labels,
    network,
    signal: things.signal,
  });
  database = await postgres.createDatabase('audit-log');
  await database.query(`CREATE TABLE audit_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), occurred_at timestamptz NOT NULL DEFAULT now(),
    operator_sub text, method text, path text, status_code int)`);
}, 600_000);
afterAll(async () => {
  await postgres?.stop();
  await network?.remove();
});
beforeEach(() => database.query('TRUNCATE audit_log'));

const look = (url = database.urlFromTests(), requestId?: string) =>
  new AuditLog(new Secret(url)).countRecent(SUB, QUERY, requestId, things.signal);
const write = (more = '') =>
  database.query(
    `INSERT INTO audit_log (operator_sub, method, path, status_code) VALUES ($1, 'GET', '/api/v1/health', 200) ${more}`,
    [SUB],
  );

test('finds the row of the operator, whatever the sub holds', async () => {
  expect(await look()).toEqual({ kind: 'found', rows: 0, others: 0 });
  await write();
  expect(await look()).toEqual({ kind: 'found', rows: 1, others: 0 });
});

test("takes the URL as the backplane does: with SQLAlchemy's driver and asyncpg's ssl", async () => {
  await write();
  const url = database.urlFromTests().replace('postgresql:', 'postgresql+asyncpg:');
  expect(await look(`${url}?ssl=prefer`)).toEqual({ kind: 'found', rows: 1, others: 0 });
});

test.each([
  ['older than a minute', `UPDATE audit_log SET occurred_at = now() - interval '61 seconds'`],
  ['of another operator', `UPDATE audit_log SET operator_sub = 'other'`],
  ['of another method', `UPDATE audit_log SET method = 'POST'`],
  ['of another path', `UPDATE audit_log SET path = '/api/v1/health/live'`],
  ['with another status', `UPDATE audit_log SET status_code = 403`],
])('a row %s does not count', async (_, change) => {
  await write();
  await database.query(change);
  expect(await look()).toEqual({ kind: 'found', rows: 0, others: 0 });
});

const ID = 'b7e1f0aa-0000-4000-8000-00000000000a';

test.each([
  ['the column is not there', '', { rows: 1, others: 0 }],
  ['it names no request', 'ADD COLUMN request_id uuid', { rows: 1, others: 0 }],
  ['it names the request', `ADD COLUMN request_id uuid DEFAULT '${ID}'`, { rows: 1, others: 0 }],
  ['it names another', 'ADD COLUMN request_id uuid DEFAULT gen_random_uuid()', { rows: 0, others: 1 }],
])('a row is of the request unless it names another: %s', async (_, column, expected) => {
  await write();
  if (column !== '') {
    await database.query(`ALTER TABLE audit_log ${column}`);
  }
  try {
    for (const id of [ID, ID.toUpperCase(), ID.replaceAll('-', '')]) {
      expect(await look(database.urlFromTests(), id)).toEqual({ kind: 'found', ...expected });
    }
    // No UUID column can hold this id, so it proves nothing.
    expect(await look(database.urlFromTests(), 'from-the-caller')).toEqual({ kind: 'found', rows: 1, others: 0 });
  } finally {
    await database.query('ALTER TABLE audit_log DROP COLUMN IF EXISTS request_id');
  }
});

test('a table that is not there, a login that is refused and a server that is away are told apart', async () => {
  await using empty = await postgres.createDatabase('empty');
  expect(await look(empty.urlFromTests())).toMatchObject({
    kind: 'missing',
    observed: expect.stringMatching(/no table audit_log/),
  });
  const url = new URL(database.urlFromTests());
  url.password = 'wrong';
  expect(await look(url.href)).toMatchObject({ kind: 'unknown', observed: expect.stringMatching(/refused the login/) });
  await using _away = await postgres.outage('stopped');
  expect(await look()).toMatchObject({ kind: 'unknown', observed: expect.stringMatching(/can't be reached|timeout/) });
});

test('names the columns that are there, and not those that were dropped', async () => {
  await database.query('ALTER TABLE audit_log ADD COLUMN gone int; ');
  await database.query('ALTER TABLE audit_log DROP COLUMN gone');
  const found = await new AuditLog(new Secret(database.urlFromTests())).columns(things.signal);
  expect(found.kind === 'found' && [...found.columns].sort()).toEqual([
    'id',
    'method',
    'occurred_at',
    'operator_sub',
    'path',
    'status_code',
  ]);
});
