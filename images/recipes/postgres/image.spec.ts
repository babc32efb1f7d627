import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ContainerCreateOptions } from 'dockerode';
import { beforeAll, expect, test } from 'vitest';
import { ImageContainer } from '../../testing/image-container.ts';
import { type RealDependencies, realDependencies } from '../../testing/real-dependencies.ts';

let things: RealDependencies;

beforeAll(async () => {
  things = await realDependencies('postgres');
}, 1_800_000);

const password = 'it is a "secret"';

function start(options: ContainerCreateOptions = {}): Promise<ImageContainer> {
  return ImageContainer.start(things.engine, things.image('postgres'), things.labels, {
    Env: [`POSTGRES_PASSWORD=${password}`, 'POSTGRES_USER=meho', 'POSTGRES_DB=My "db"'],
    ...options,
  });
}

function query(container: ImageContainer, sql: string, secret = password) {
  const command = ['psql', '--host=127.0.0.1', '--username=meho', '--dbname=My "db"', '-tAc', sql];
  return container.exec(command, { Env: [`PGPASSWORD=${secret}`, 'PGCONNECT_TIMEOUT=5'] });
}

async function ready(container: ImageContainer): Promise<void> {
  await waitFor(
    'PostgreSQL to answer',
    async () => {
      const { exitCode, output } = await query(container, 'SELECT 1');
      return exitCode === 0 ? holds(undefined) : notYet(output);
    },
    { deadlineMs: 60_000 },
  );
}

test('user, password and database come from the environment, settings from arguments, and pgvector is there', async () => {
  await using container = await start({ Cmd: ['postgres', '-c', 'max_connections=17'] });
  await ready(container);
  expect((await query(container, 'SHOW max_connections')).output.trim()).toBe('17');
  expect((await query(container, 'SHOW server_version')).output).toMatch(/^17\./);
  expect((await query(container, "CREATE EXTENSION vector; SELECT '[1,2]'::vector <-> '[1,3]'")).output).toContain('1');
  expect((await query(container, 'SELECT 1', 'wrong')).output).toContain('password authentication failed');
});

test('psql in the container finds its server, as in the official image', async () => {
  await using container = await start();
  await ready(container);
  const { output } = await container.exec(['psql', '-U', 'meho', '-d', 'My "db"', '-tAc', 'SELECT current_user'], {
    User: 'postgres',
  });
  expect(output.trim()).toBe('meho');
});

test('it runs on a read-only root file system without root at any time', async () => {
  await using container = await start({
    User: 'postgres',
    Env: [`POSTGRES_PASSWORD=${password}`, 'POSTGRES_USER=meho', 'POSTGRES_DB=My "db"', 'PGDATA=/data/pg'],
    HostConfig: { ReadonlyRootfs: true, CapDrop: ['ALL'], Tmpfs: { '/data': 'mode=1777', '/tmp': 'mode=1777' } },
  });
  await ready(container);
});

test('the password is nowhere to be read: not in the log, not in arguments', async () => {
  await using container = await start();
  await ready(container);
  expect(await container.log()).not.toContain('secret');
  const { output } = await container.exec(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "']);
  expect(output).toContain('postgres');
  expect(output).not.toContain('is a "secret"');
});

test('without a password it refuses to make a database that anyone could enter', async () => {
  await using container = await start({ Env: [] });
  const { exitCode, output } = await container.ended();
  expect(exitCode).toBe(1);
  expect(output).toContain('expected POSTGRES_PASSWORD');
});

test('other programs of the image run without a database', async () => {
  await using version = await start({ Env: [], Cmd: ['postgres', '--version'] });
  expect(await version.ended()).toMatchObject({ exitCode: 0, output: expect.stringMatching(/\(PostgreSQL\) 17\./) });
  await using psql = await start({ Env: [], Cmd: ['psql', '--version'] });
  expect(await psql.ended()).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^psql/) });
});
