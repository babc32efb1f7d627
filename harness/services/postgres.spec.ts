import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedPostgres, startPostgres } from './postgres.ts';

let things: RealDependencies;
let network: ContainerNetwork;
let postgres: StartedPostgres;

beforeAll(async () => {
  things = await realDependencies('postgres');
  network = await createNetwork(things.labels);
  postgres = await startPostgres(place());
}, 600_000);
afterAll(async () => {
  await postgres?.stop();
  await network?.remove();
  expect(await leftovers(things.labels)).toEqual([]);
});

function place(signal = things.signal) {
  return { image: things.image('postgres'), labels: things.labels, network, signal };
}

test('tells its versions by a query: Postgres 17 with pgvector', () => {
  expect(postgres.versions.server).toMatch(/^17\.\d+$/);
  expect(postgres.versions.pgvector).toMatch(/^\d+\.\d+/);
});

test('gives a database of its own that is owned by a role of its own', async () => {
  await using database = await postgres.createDatabase('Contract test');
  const [row] = await database.query<{ name: string; role: string; superuser: boolean }>(
    `SELECT current_database() AS name, current_user AS role,
            (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser`,
  );
  expect(row).toEqual({ name: database.name, role: database.name, superuser: false });
  expect(await database.query(`SELECT '[1,2]'::vector`)).toHaveLength(1);
});

test('its URLs name address and port as pods and tests see them', async () => {
  await using database = await postgres.createDatabase('urls');
  const fromPods = new URL(database.urlFromPods());
  expect(fromPods.protocol).toBe('postgresql+asyncpg:');
  expect(fromPods.host).toBe(`${postgres.address}:5432`);
  const client = new pg.Client({ connectionString: database.urlFromTests() });
  await client.connect();
  await client.end();
});

test('one database cannot be written with the role of another', async () => {
  await using mine = await postgres.createDatabase('mine');
  await using other = await postgres.createDatabase('other');
  await mine.query('CREATE TABLE kept (id int)');
  const url = new URL(other.urlFromTests());
  url.pathname = `/${mine.name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await expect(client.query('INSERT INTO kept VALUES (1)')).rejects.toThrow(/permission denied/);
  await client.end();
});

test('a dropped database is gone even while someone is connected to it', async () => {
  const database = await postgres.createDatabase('dropped');
  const client = new pg.Client({ connectionString: database.urlFromTests() });
  client.on('error', () => undefined);
  await client.connect();
  await database.drop();
  await database.drop();
  await expect(database.query('SELECT 1')).rejects.toThrow();
});

test.each(['stopped', 'silent'] as const)(
  '%s as a fault: nobody gets an answer, and the data is there after',
  async (kind) => {
    await using database = await postgres.createDatabase(kind);
    await database.query('CREATE TABLE kept AS SELECT 42 AS answer');
    const addressBefore = postgres.address;
    {
      await using _outage = await postgres.outage(kind);
      await expect(database.query('SELECT 1')).rejects.toThrow();
    }
    expect(await database.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(postgres.address).toBe(addressBefore);
  },
);

test('a start that is called off leaves nothing behind', async () => {
  const before = await leftovers(things.labels);
  const ctrlC = new AbortController();
  const starting = startPostgres(place(ctrlC.signal));
  setTimeout(() => ctrlC.abort(new Error('called off')), 300);
  await expect(starting).rejects.toThrow('called off');
  expect(await leftovers(things.labels)).toEqual(before);
});
