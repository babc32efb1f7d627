import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closedPort } from '@meho/core/http/testing/local-server';
import { run } from '@meho/core/process/run';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withSession } from './session.ts';
import { postgresTarget } from './target.ts';
import { type FakePostgres, fakePostgres, row } from './testing/fake-postgres.ts';
import { PostgresUriError } from './uri.ts';

/**
 * Which server would libpq (Debian's psql) use? `target.test.ts` records answers of psql 15.18 for machines without it.
 */
const psql = await access('/usr/bin/psql').then(
  () => '/usr/bin/psql',
  () => undefined,
);
// Each case may start psql.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
let first: FakePostgres;
let second: FakePostgres;
let local: FakePostgres;
let abstract: FakePostgres;
let closed: number;
const answering = (name: string) => ({ answer: () => row({ name: { text: name } }) });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-libpq-'));
  [first, second, local, abstract, closed] = await Promise.all([
    fakePostgres(answering('first')),
    fakePostgres(answering('second')),
    fakePostgres({ ...answering('local'), path: path.join(folder, '.s.PGSQL.5432') }),
    fakePostgres({ ...answering('abstract'), path: `\0${folder}/.s.PGSQL.5432` }),
    closedPort(),
  ]);
  await writeFile(
    path.join(folder, '.pg_service.conf'),
    `[tight]\nhost=127.0.0.1\nport=${second.port}\n[spaced]\nhost = 127.0.0.1\nport=${second.port}\n`,
  );
});
afterAll(async () => {
  await Promise.all([first, second, local, abstract].map((server) => server[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true });
});

test.each<[string, () => string, string | undefined]>([
  ['a host', () => `u:p@127.0.0.1:${first.port}/d`, 'first'],
  ['the first of two', () => `u:p@127.0.0.1:${first.port},127.0.0.1:${second.port}/d`, 'first'],
  ['the one that is up', () => `u:p@127.0.0.1:${closed},127.0.0.1:${second.port}/d`, 'second'],
  ['lists among the parameters', () => `/d?user=u&host=127.0.0.1,127.0.0.1&port=${closed},${second.port}`, 'second'],
  ['a parameter before the place of a host', () => `u:p@127.0.0.1:${first.port}/d?port=${second.port}`, 'second'],
  ['hostaddr before the name', () => `u:p@db.invalid:${first.port}/d?hostaddr=127.0.0.1`, 'first'],
  ['a folder of sockets', () => `u:p@${encodeURIComponent(folder)}/d`, 'local'],
  ['a folder among the parameters', () => `u:p@/d?host=${folder}`, 'local'],
  ['a folder, whatever sslmode says', () => `u:p@/d?host=${folder}&sslmode=require`, 'local'],
  ['a folder without a socket, then a host', () => `u:p@%2Fnowhere,127.0.0.1/d?port=${first.port}`, 'first'],
  ['encryption that is preferred', () => `u:p@127.0.0.1:${first.port}/d?sslmode=prefer`, 'first'],
  ['encryption that is allowed', () => `u:p@127.0.0.1:${first.port}/d?sslmode=allow`, 'first'],
  ['encryption that nobody offers', () => `u:p@127.0.0.1:${first.port}/d?sslmode=require`, undefined],
  ['ssl=true', () => `u:p@127.0.0.1:${first.port}/d?ssl=true`, undefined],
  ['an empty sslmode', () => `u:p@127.0.0.1:${first.port}/d?sslmode=`, undefined],
  ['an & at the end', () => `u:p@127.0.0.1:${first.port}/d?application_name=x&`, 'first'],
  ['a port with a plus and noughts', () => `u:p@127.0.0.1:+0${first.port}/d`, 'first'],
  ['keepalives', () => `u:p@127.0.0.1:${first.port}/d?keepalives=0&keepalives_idle=-3`, 'first'],
  ['keepalives that are no number', () => `u:p@127.0.0.1:${first.port}/d?keepalives=yes`, undefined],
  ['no database', () => `u:p@127.0.0.1:${first.port}`, 'first'],
  ['a name that is not sent', () => `u:p@127.0.0.1:${first.port}/d?sslsni=0`, 'first'],
  ['the owner of a socket that there is none of', () => `u:p@127.0.0.1:${first.port}/d?requirepeer=me`, 'first'],
  ['requiressl=1', () => `u:p@127.0.0.1:${first.port}/d?requiressl=1`, undefined],
  ['requiressl=0', () => `u:p@127.0.0.1:${first.port}/d?requiressl=0`, 'first'],
  ['requiressl before sslmode', () => `u:p@127.0.0.1:${first.port}/d?requiressl=1&sslmode=disable`, 'first'],
  ['requiressl behind sslmode', () => `u:p@127.0.0.1:${first.port}/d?sslmode=disable&requiressl=1`, undefined],
  ['the least version of TLS', () => `u:p@127.0.0.1:${first.port}/d?ssl_min_protocol_version=TLSv1.3`, 'first'],
  [
    'versions of TLS that leave none',
    () => `u:p@127.0.0.1:${first.port}/d?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2`,
    undefined,
  ],
  ['revocation lists where nothing is verified', () => `u:p@127.0.0.1:${first.port}/d?sslcrl=/nowhere`, 'first'],
  ['a channel that must be bound', () => `u:p@127.0.0.1:${first.port}/d?channel_binding=require`, undefined],
  ['an abstract socket', () => `u:p@/d?host=@${folder}`, 'abstract'],
  ['a number that is too large', () => `u:p@127.0.0.1:${first.port}/d?keepalives_idle=99999999999`, undefined],
  ['a service', () => `/d?user=u&service=tight`, 'second'],
  ['a service with blanks around =', () => `/d?user=u&service=spaced`, undefined],
  ['an unknown parameter', () => `u:p@127.0.0.1:${first.port}/d?pool=3`, undefined],
  ['a port that is none', () => `u:p@127.0.0.1:${first.port}/d?port=abc`, undefined],
  [
    'fewer ports than hosts',
    () => `u:p@/d?host=127.0.0.1,127.0.0.1,127.0.0.1&port=${first.port},${second.port}`,
    undefined,
  ],
  ['a service that is nowhere', () => `u:p@127.0.0.1:${first.port}/d?service=nowhere`, undefined],
  ['a wrong percent-encoding', () => `u:p%zz@127.0.0.1:${first.port}/d`, undefined],
])('libpq and we are led to the same server by %s', async (_, rest, expected) => {
  const uri = `postgresql://${rest()}`;
  expect(await ours(uri)).toBe(expected);
  if (psql !== undefined) {
    const { exitCode, stdout } = await run(psql, ['-XAtw', uri, '-c', 'SELECT name'], {
      env: { HOME: folder, PGCONNECT_TIMEOUT: '10' },
      timeoutMs: 20_000,
      acceptExitCodes: [1, 2],
    });
    expect(exitCode === 0 ? stdout.trim() : undefined).toBe(expected);
  }
});

async function ours(uri: string): Promise<string | undefined> {
  try {
    const target = postgresTarget(uri, { home: folder, osUser: 'me' });
    return await withSession(target, {}, async (session) => (await session.query('SELECT name')).rows[0]?.name);
  } catch (error) {
    // Refused, but never sent to another server.
    expect(error).toSatisfy((each) => each instanceof PostgresUriError || /offers no encryption/.test(String(each)));
    return undefined;
  }
}
