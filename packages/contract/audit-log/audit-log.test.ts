import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closedPort, serveTcp } from '@meho/core/http/testing/local-server';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import {
  dataRow,
  errorMessage,
  type FakeBehaviour,
  fakePostgres,
  int32,
  message,
  numbers,
  row,
} from '../postgres/testing/fake-postgres.ts';
import { createAuthority } from '../testing/stub-backplane.ts';
import { Secret } from '../token/secret.ts';
import { AuditLog } from './audit-log.ts';

afterEach(() => vi.unstubAllEnvs());

const never = new AbortController().signal;
const count = (url: string, signal = never) => new AuditLog(new Secret(url)).countRecent('ada', {}, undefined, signal);

async function countRows(behaviour: FakeBehaviour, query = '') {
  await using server = await fakePostgres(behaviour);
  const started = performance.now();
  const found = await count(`postgresql://u:p@127.0.0.1:${server.port}/d${query}`);
  return { found, ms: performance.now() - started, server };
}
const answering = (columns: Parameters<typeof row>[0]) => countRows({ answer: () => row(columns) });
const unknown = (observed: RegExp) => ({ kind: 'unknown', observed: expect.stringMatching(observed) });

describe('a count is a whole number, and anything else is unknown, never a row', () => {
  test.each(['0', '1', '3'])('%s', async (rows) => {
    expect((await answering(numbers({ rows, others: '0' }))).found).toEqual({
      kind: 'found',
      rows: Number(rows),
      others: 0,
    });
  });

  test.each([
    ['NaN', numbers({ rows: 'NaN', others: '0' })],
    ['Infinity', { rows: { type: 701, text: 'Infinity' }, others: { type: 23, text: '0' } }],
    ['1.5', { rows: { type: 701, text: '1.5' }, others: { type: 23, text: '0' } }],
    ['-1', numbers({ rows: '-1', others: '0' })],
    ['null', numbers({ rows: null, others: '0' })],
    ['a text', { rows: { text: '1' }, others: { type: 23, text: '0' } }],
    ['true', { rows: { type: 16, text: 't' }, others: { type: 23, text: '0' } }],
    ['another name', numbers({ n: '1', others: '0' })],
    ['no others', numbers({ rows: '1' })],
    ['others that are NaN', numbers({ rows: '1', others: 'NaN' })],
    ['more others than rows', numbers({ rows: '1', others: '2' })],
  ])('%s', async (_, columns) => {
    expect((await answering(columns)).found).toMatchObject(unknown(/no whole number|more name another request/));
  });

  test.each([
    ['none', message('C', 'SELECT 0\0'), /0 rows/],
    [
      'two',
      Buffer.concat([
        row(numbers({ rows: '1', others: '0' })).subarray(0, -14),
        dataRow(numbers({ rows: '1', others: '0' })),
        message('C', 'SELECT 2\0'),
      ]),
      /2 rows/,
    ],
  ])('%s where one is asked for', async (_, answer, observed) => {
    expect((await countRows({ answer: () => answer })).found).toMatchObject(unknown(observed));
  });
});

test.each([
  ['null', { attname: { text: null } }],
  ['empty', { attname: { text: '' } }],
  ['a number', { attname: { type: 23, text: '7' } }],
  ['under another name', { name: { text: 'id' } }],
])("a column's name that is %s is none", async (_, columns) => {
  await using server = await fakePostgres({ answer: () => row(columns) });
  const log = new AuditLog(new Secret(`postgresql://u:p@127.0.0.1:${server.port}/d`));
  expect(await log.columns(never)).toMatchObject(unknown(/the name of a column/));
});

describe('a database that misbehaves ends in a line, in time', () => {
  const login =
    (code: number, ...more: (string | Buffer)[]) =>
    (socket: Socket) =>
      socket.write(message('R', code, ...more));
  test.each<[string, FakeBehaviour, RegExp]>([
    ['asks for Kerberos V5', { onStartup: login(2) }, /a login by Kerberos V5/],
    ['asks for GSSAPI', { onStartup: login(7) }, /a login by Kerberos \(GSSAPI\)/],
    ['asks for SSPI', { onStartup: login(9) }, /a login by SSPI/],
    ['asks for what nobody knows', { onStartup: login(4711) }, /isn't known \(4711\)/],
    [
      'asks for channel binding alone',
      { onStartup: login(10, 'SCRAM-SHA-256-PLUS\0\0') },
      /a login by SCRAM-SHA-256-PLUS/,
    ],
    ['asks for nothing in particular', { onStartup: (s) => s.write(message('R')) }, /isn't known/],
    [
      'speaks HTTP',
      { onStartup: (s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
      /doesn't speak Postgres' protocol/,
    ],
    [
      'announces 2 GB',
      { onStartup: (s) => s.write(Buffer.concat([Buffer.from('R'), int32(0x7fffffff)])) },
      /a message of 2147483647 bytes/,
    ],
    [
      'announces less than nothing',
      { onStartup: (s) => s.write(Buffer.concat([Buffer.from('S'), int32(1)])) },
      /a message of 1 bytes/,
    ],
    ['sends an error without an end', { onStartup: (s) => s.write(message('E', 'SERROR\0')) }, /has no end/],
    ['closes at once', { onStartup: (s) => s.destroy() }, /can't be reached|terminated/],
    [
      'answers with more columns than it sends',
      { answer: () => Buffer.concat([message('T', Buffer.from([0x7f, 0xff])), message('C', 'SELECT 0\0')]) },
      /can't be read/,
    ],
    ['answers a question for encryption with junk', { encryptionAnswer: 'SSH' }, /neither S nor N/],
  ])('%s', async (_, behaviour, observed) => {
    const { found, ms } = await countRows(behaviour);
    expect(found).toMatchObject(unknown(observed));
    expect(ms).toBeLessThan(3_000);
  });

  test('floods rows', async () => {
    const before = process.memoryUsage().rss;
    const rows = Buffer.concat(Array.from({ length: 1000 }, () => dataRow(numbers({ rows: '1', others: '0' }))));
    const flood = (socket: Socket) => {
      socket.write(row(numbers({ rows: '1', others: '0' })).subarray(0, -14));
      const more = () => {
        while (!socket.destroyed && socket.write(rows));
      };
      socket.on('drain', more);
      more();
      return undefined;
    };
    const { found } = await countRows({ answer: (_, socket) => flood(socket) });
    expect(found).toMatchObject(unknown(/sends without end: more than 16 MB/));
    expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
  });

  test('never closes its side, and still holds nobody up', async () => {
    const { found, ms } = await countRows({ neverCloses: true });
    expect(found).toEqual({ kind: 'found', rows: 1, others: 0 });
    expect(ms).toBeLessThan(3_000);
  });

  test('reads no more, and is left by a run that is called off', async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await fakePostgres({
      neverCloses: true,
      answer: (_, socket) => {
        socket.pause();
        asked.resolve();
        return undefined;
      },
    });
    const ctrlC = new AbortController();
    const looking = count(`postgresql://u:p@127.0.0.1:${server.port}/d`, ctrlC.signal);
    await asked.promise;
    ctrlC.abort(new Error('interrupted by SIGINT'));
    await expect(looking).rejects.toThrow('interrupted by SIGINT');
  });

  test('takes the connection and says nothing', async () => {
    await using server = await serveTcp(() => undefined);
    const found = await count(`postgresql://u:p@127.0.0.1:${server.port}/d?connect_timeout=1`);
    expect(found).toMatchObject(unknown(/can't be reached from here \(ETIMEDOUT\)/));
  });
});

describe('encryption', async () => {
  const authority = await createAuthority();
  const pair = await authority.issue({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] });
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-database-'));
  const ca = path.join(folder, 'ca.pem');
  const another = path.join(folder, 'another.pem');
  await writeFile(ca, authority.certificatePem);
  await writeFile(another, (await createAuthority()).certificatePem);
  afterAll(() => rm(folder, { recursive: true }));
  const noEncryption: FakeBehaviour = {
    onStartup: (socket) => socket.end(errorMessage('28000', 'no pg_hba.conf entry, SSL encryption')),
  };

  test.each([
    ['', true],
    ['?sslmode=disable', false],
    ['?sslmode=allow', false],
    ['?sslmode=prefer', true],
    ['?sslmode=require', true],
    ['?ssl=require', true],
    [`?sslmode=require&sslrootcert=${ca}`, true],
    [`?sslmode=verify-ca&sslrootcert=${ca}`, true],
    [`?sslmode=verify-full&sslrootcert=${ca}`, true],
  ])('with a server that offers it: %s', async (query, encrypted) => {
    const { found, server } = await countRows({ tls: pair }, query);
    expect(found).toMatchObject({ kind: 'found', rows: 1 });
    expect(server.sessions).toMatchObject([{ encrypted }]);
  });

  test.each(['', '?sslmode=prefer', '?sslmode=allow', '?sslmode=disable'])('without one: %s', async (query) => {
    expect((await countRows({}, query)).found).toMatchObject({ kind: 'found', rows: 1 });
  });

  test.each([
    ['require without one', {}, 'sslmode=require', /offers no encryption/],
    ['verify-full without one', {}, `sslmode=verify-full&sslrootcert=${ca}`, /offers no encryption/],
    ['another authority', { tls: pair }, `sslmode=verify-full&sslrootcert=${another}`, /not to be trusted/],
    [
      'another authority under verify-ca',
      { tls: pair },
      `sslmode=verify-ca&sslrootcert=${another}`,
      /not to be trusted/,
    ],
    ['no authority that is known', { tls: pair }, 'sslmode=verify-full', /not to be trusted/],
    ['no authority of the system', { tls: pair }, 'sslrootcert=system', /not to be trusted/],
    ['a server that wants none', noEncryption, 'sslmode=disable', /refused the login \(28000\)/],
  ])('is a reason to see nothing: %s', async (_, behaviour, query, observed) => {
    // Switches off TLS verification unless the code sets it explicitly.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { found, server } = await countRows(behaviour, `?${query}`);
    expect(found).toMatchObject(unknown(observed));
    expect(server.statements).toEqual([]);
  });

  test('verify-ca takes a certificate of any name, verify-full one of this name alone', async () => {
    const other = await authority.issue({ dnsNames: ['db.lab'] });
    expect((await countRows({ tls: other }, `?sslmode=verify-ca&sslrootcert=${ca}`)).found).toMatchObject({
      kind: 'found',
    });
    const { found } = await countRows({ tls: other }, `?sslmode=verify-full&sslrootcert=${ca}`);
    expect(found).toMatchObject(unknown(/ERR_TLS_CERT_ALTNAME_INVALID/));
  });

  test('a certificate is for the host that is named, wherever its address is (hostaddr)', async () => {
    await using server = await fakePostgres({ tls: await authority.issue({ dnsNames: ['db.lab'] }) });
    const url = `postgresql://u:p@db.lab:${server.port}/d?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=${ca}`;
    expect(await count(url)).toMatchObject({ kind: 'found' });
  });

  test('is never asked for over a socket of this machine, whatever the mode', async () => {
    await using server = await fakePostgres({ path: path.join(folder, '.s.PGSQL.5432') });
    for (const url of [
      `postgresql://u:p@${encodeURIComponent(folder)}/d?sslmode=require`,
      `postgresql+asyncpg://u:p@/d?host=${folder}`,
    ]) {
      expect(await count(url)).toMatchObject({ kind: 'found', rows: 1 });
    }
    expect(server.sessions).toEqual([{ encrypted: false }, { encrypted: false }]);
  });
});

describe('of several hosts', () => {
  const standby = (is: boolean): FakeBehaviour => ({
    answer: (statement) =>
      /pg_is_in_recovery/.test(statement)
        ? row({ standby: { type: 16, text: is ? 't' : 'f' }, readonly: { type: 16, text: 'f' } })
        : row(numbers({ rows: is ? '2' : '1', others: '0' })),
  });

  test.each([
    ['any', 2],
    ['read-write', 1],
    ['primary', 1],
    ['standby', 2],
    ['read-only', 2],
    ['prefer-standby', 2],
  ])('the first that is up and %s is asked', async (attributes, rows) => {
    await using second = await fakePostgres(standby(true));
    await using third = await fakePostgres(standby(false));
    const hosts = `127.0.0.1:${await closedPort()},127.0.0.1:${second.port},127.0.0.1:${third.port}`;
    expect(await count(`postgresql://u:p@${hosts}/d?target_session_attrs=${attributes}`)).toMatchObject({ rows });
  });

  test('prefer-standby is content with a primary, standby is not', async () => {
    await using only = await fakePostgres(standby(false));
    const url = `postgresql://u:p@127.0.0.1:${only.port},127.0.0.1:${await closedPort()}/d?target_session_attrs=`;
    expect(await count(`${url}prefer-standby`)).toMatchObject({ rows: 1 });
    expect(await count(`${url}standby`)).toMatchObject(unknown(/none of its 2 hosts .*is not standby.*ECONNREFUSED/));
  });

  test('one that refuses the login ends the search; one that is starting up does not', async () => {
    await using good = await fakePostgres({});
    await using refusing = await fakePostgres({ onStartup: (socket) => socket.end(errorMessage('28P01')) });
    await using starting = await fakePostgres({ onStartup: (socket) => socket.end(errorMessage('57P03')) });
    const of = (...servers: readonly { readonly port: number }[]) =>
      count(`postgresql://u:p@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/d`);
    expect(await of(refusing, good)).toMatchObject(unknown(/refused the login \(28P01\)/));
    expect(await of(starting, good)).toMatchObject({ kind: 'found' });
  });
});

test('what the URL says of the session is said to the server', async () => {
  const { server } = await countRows({}, '?options=-c%20search_path%3Dmeho&application_name=mine');
  expect(Object.fromEntries(server.startup)).toMatchObject({
    user: 'u',
    database: 'd',
    options: '-c search_path=meho',
    application_name: 'mine',
  });
});

test('a password that is asked for and not given is missed by name', async () => {
  await using server = await fakePostgres({ onStartup: (socket) => socket.write(message('R', 3)) });
  expect(await count(`postgresql://u@127.0.0.1:${server.port}/d`)).toMatchObject(unknown(/has none/));
  expect(await count(`postgresql://u:p@127.0.0.1:${server.port}/d`)).toMatchObject({ kind: 'found' });
});
