import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fakePostgres, numbers, row } from '@meho/contract/postgres/testing/fake-postgres';
import { json, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, test } from './testing/published-cli.ts';

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

/** What a deployment might say of the password that it has got. */
const echoed = (secret: string) =>
  [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    JSON.stringify(secret),
    Buffer.from(`ada:${secret}`).toString('base64'),
    Buffer.from(secret).toString('hex'),
    Array.from(secret, (char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
  ].join(' ');

test.for([
  ['the URL', (secret: string) => ({ url: `ada:${encodeURIComponent(secret)}@` })],
  ['a parameter of the URL', (secret: string) => ({ url: 'ada@', query: `?password=${encodeURIComponent(secret)}` })],
  ['PGPASSWORD', (secret: string) => ({ url: 'ada@', env: { PGPASSWORD: secret } })],
  ['PGPASSFILE', (secret: string) => ({ url: 'ada@', file: `*:*:*:ada:${secret}\n`, variable: 'PGPASSFILE' })],
  [
    'PGSERVICEFILE',
    (secret: string) => ({
      ...{ url: 'ada@', query: '?service=lab', file: `[lab]\npassword=${secret}\n` },
      variable: 'PGSERVICEFILE',
    }),
  ],
] as const)(
  'a password from %s is said by no line, document or JUnit, in no notation',
  async ([name, given], { cli }) => {
    const secret = 'Tr0ub4dor/x9 Zq';
    const { url, query = '', file, variable, env = {} }: Given = given(secret);
    const place = path.join(cli.folder, `secret-of-${name.replaceAll(' ', '-')}`);
    if (file !== undefined) {
      await writeFile(place, file, { mode: 0o600 });
    }
    await using backplane = await serveStub(cli.authority, { '/version': json(200, { git_sha: echoed(secret) }) });
    for (const output of ['text', 'json']) {
      const junit = `${place}-${output}.xml`;
      const { exitCode, stdout, stderr } = await cli.run(
        cli.installArgs(backplane.port, `--output=${output}`, `--junit=${junit}`),
        {
          ...{ MEHO_ACCESS_TOKEN: STUB_TOKEN, DATABASE_URL: `postgresql://${url}127.0.0.1:1/d${query}` },
          ...(variable === undefined ? {} : { [variable]: place }),
          ...env,
        },
      );
      const shown = [stdout, stderr, await readFile(junit, 'utf8')].join('\n');
      expect([exitCode, shown]).toEqual([1, expect.stringContaining('[secret] [secret] [secret]')]);
      for (const form of [...echoed(secret).split(' '), 'Tr0ub4dor', 'VHIwdWI0ZG9y', '54723075']) {
        expect(form.length < 4 || !shown.includes(form), form).toBe(true);
      }
    }
  },
);

interface Given {
  readonly url: string;
  readonly query?: string;
  readonly file?: string;
  readonly variable?: string;
  readonly env?: Readonly<Record<string, string>>;
}
