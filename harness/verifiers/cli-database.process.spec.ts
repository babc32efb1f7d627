import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, vi } from 'vitest';
import { fakePostgres, numbers, row } from '../contract/postgres/testing/fake-postgres.ts';
import { STUB_TOKEN, serveStub } from '../contract/testing/stub-backplane.ts';
import { cliDeadlineMs, test } from './testing/published-cli.ts';

// Each test starts a process.
vi.setConfig({ testTimeout: cliDeadlineMs });

const urlOf = (port: number, more = '') => `postgresql+asyncpg://u:very-secret@127.0.0.1:${port}/d${more}`;

test('a row that is counted as NaN is no row, and the check is red', async ({ cli }) => {
  await using backplane = await serveStub(cli.authority);
  await using database = await fakePostgres({ answer: () => row(numbers({ rows: 'NaN', others: '0' })) });
  const env = { MEHO_ACCESS_TOKEN: STUB_TOKEN, DATABASE_URL: urlOf(database.port) };
  const { exitCode, stderr } = await cli.run(cli.installArgs(backplane.port), env);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^\[FAIL\] The request left its audit_log row: .*the database answered, but .*no whole number/m,
  );
});

test('one that never closes its side costs no verdict and no time', async ({ cli }) => {
  await using backplane = await serveStub(cli.authority);
  await using database = await fakePostgres({ neverCloses: true });
  const env = { MEHO_ACCESS_TOKEN: STUB_TOKEN, DATABASE_URL: urlOf(database.port) };
  const started = performance.now();
  const { exitCode, stdout } = await cli.run(cli.installArgs(backplane.port), env);
  expect(stdout).toContain('[ok] The request left its audit_log row');
  expect(exitCode).toBe(0);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test.for(['SIGINT', 'SIGTERM'] as const)('%s ends a run whose database answers nothing', async (signal, { cli }) => {
  await using backplane = await serveStub(cli.authority);
  const asked = Promise.withResolvers<void>();
  await using database = await fakePostgres({
    neverCloses: true,
    answer: (_, socket) => {
      socket.pause();
      asked.resolve();
      return undefined;
    },
  });
  const child = spawn(process.execPath, [cli.program, ...cli.installArgs(backplane.port)], {
    env: { HOME: cli.folder, MEHO_ACCESS_TOKEN: STUB_TOKEN, DATABASE_URL: urlOf(database.port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await asked.promise;
  const sent = performance.now();
  child.kill(signal);
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(performance.now() - sent).toBeLessThan(5_000);
  expect(said.join('')).toBe(`error: interrupted by ${signal}: no verdict\n`);
});

test.for([
  ['?port=abc', 'its port is no number from 1 to 65535'],
  ['?sslmode=', 'its parameter sslmode is none of disable, allow'],
  ['?service=nowhere', 'its service is in no service file'],
  ['?password=other-secret&pool=3', 'its parameter pool is none that libpq or asyncpg knows'],
] as const)('a DATABASE_URL with %s is refused before anything is asked', async ([query, problem], { cli }) => {
  await using backplane = await serveStub(cli.authority);
  const env = { MEHO_ACCESS_TOKEN: STUB_TOKEN, DATABASE_URL: urlOf(5432, query) };
  const { exitCode, stdout, stderr } = await cli.run(cli.installArgs(backplane.port, '--output', 'json'), env);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ problems: [expect.stringContaining(problem)] });
  expect(stdout + stderr).not.toMatch(/very-secret|other-secret| {4}at /);
});
