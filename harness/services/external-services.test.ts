import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorMessage, fakePostgres, row } from '@meho/contract/postgres/testing/fake-postgres';
import { messageOf, UsageError } from '@meho/core/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { externalPostgres } from './external-postgres.ts';
import { readExternalServices } from './external-services.ts';
import { operatorToken } from './operator-token.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-services-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(document: unknown) {
  const file = path.join(folder, 'services.yaml');
  await writeFile(file, typeof document === 'string' ? document : stringify(document));
  return readExternalServices(file);
}
const problemsOf = async (document: unknown): Promise<readonly string[]> => {
  const error: unknown = await read(document).catch((thrown: unknown) => thrown);
  return error instanceof UsageError ? error.problems : [`no UsageError: ${String(error)}`];
};

const vault = { address: 'https://10.0.0.6:8200' };
const openid = { issuer: 'https://10.0.0.7/realms/meho', audience: 'meho-backplane' };

describe('a services file', () => {
  test('of addresses needs no CIDRs', async () => {
    expect(await read({ vault, openid })).toEqual({
      postgres: {},
      vault: { ...vault, cidr: '10.0.0.6/32' },
      openId: { ...openid, cidr: '10.0.0.7/32' },
    });
  });

  test('of names needs them, and says so for each', async () => {
    const named = {
      vault: { address: 'https://vault.lab' },
      openid: { ...openid, issuer: 'https://sso.lab/realms/x' },
    };
    expect(await problemsOf(named)).toEqual([
      expect.stringMatching(/^\/vault\/cidr is needed/),
      expect.stringMatching(/^\/openid\/cidr is needed/),
    ]);
    const cidr = '10.0.0.0/24';
    expect((await read({ vault: { ...named.vault, cidr }, openid: { ...named.openid, cidr } })).vault.cidr).toBe(cidr);
  });

  test('tells every problem at once, with its place', async () => {
    expect(
      await problemsOf({ vault: { address: 'http://10.0.0.6' }, postgres: { port: 70_000 }, password: 'x' }),
    ).toEqual(
      expect.arrayContaining([
        expect.stringContaining("'openid'"),
        expect.stringContaining('(password)'),
        expect.stringContaining('/vault/address'),
        expect.stringContaining('/postgres/port'),
      ]),
    );
  });

  test('brings its trust bundle from beside it', async () => {
    await writeFile(path.join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    expect((await read({ vault, openid, trustBundle: 'ca.pem' })).trustBundle).toContain('BEGIN');
    expect(await problemsOf({ vault, openid, trustBundle: 'absent.pem' })).toEqual([expect.stringContaining('ENOENT')]);
    expect(await problemsOf({ vault, openid, trustBundle: 'services.yaml' })).toEqual([expect.stringContaining('PEM')]);
  });

  test.each(['a: [', '- 1', ''])('that is %o is none', async (text) => {
    expect(await problemsOf(text)).toHaveLength(1);
  });
});

function catchError(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("the administrator's URL of Postgres", () => {
  test('gives the CIDR where its host is an address, unless pods reach it elsewhere', () => {
    expect(externalPostgres('postgresql://a:b@10.0.0.5/postgres', {}).cidr).toBe('10.0.0.5/32');
    expect(externalPostgres('postgres://a:b@localhost:5433/x', { host: '10.1.1.1' }).cidr).toBe('10.1.1.1/32');
    expect(() => externalPostgres('postgresql://a:b@db.lab/postgres', {})).toThrow(/\/postgres\/cidr is needed/);
  });

  test.each([
    ['nothing', /expected postgresql:/],
    ['https://a:very-secret@h/d', /expected postgresql:/],
    ['postgresql://a:very-secret@h/d?require_auth=any', /require_auth is no list/],
    ['postgresql://a:very-secret@h:x/d', /its port/],
    ['postgresql://a:very-secret@h/d?sslmode=', /sslmode is none of/],
    ['postgresql://a:very-secret@h/d?pool=3', /parameter pool is none/],
  ])('%# that is wrong is not repeated', (url, problem) => {
    const message = messageOf(catchError(() => externalPostgres(url, {})));
    expect(message).toMatch(/^MEHO_POSTGRES_URL: /);
    expect(message).toMatch(problem);
    expect(message).not.toContain('very-secret');
  });

  test('of several hosts, or of a socket, needs to be told which one pods reach', () => {
    const two = 'postgresql://a:b@10.0.0.5,10.0.0.6:5433/postgres?target_session_attrs=read-write';
    expect(() => externalPostgres(two, {})).toThrow(
      /\/postgres\/host is needed, since MEHO_POSTGRES_URL names 2 hosts/,
    );
    expect(externalPostgres(two, { host: '10.0.0.9' }).cidr).toBe('10.0.0.9/32');
    const socket = 'postgresql://a@%2Fvar%2Frun%2Fpostgresql/postgres';
    expect(() => externalPostgres(socket, {})).toThrow(/names a socket of this machine/);
    expect(externalPostgres(socket, { host: '10.0.0.9' }).cidr).toBe('10.0.0.9/32');
  });

  test('a server that says no is told from one that answers something else', async () => {
    const answer = (may: string | null, type: number) => () => row({ may: { type, text: may } });
    await using no = await fakePostgres({ answer: answer('f', 16) });
    await using nothing = await fakePostgres({ answer: answer(null, 16) });
    await using yes = await fakePostgres({ answer: answer('t', 16), neverCloses: true });
    const opened = (port: number) => externalPostgres(`postgresql://a:b@127.0.0.1:${port}/postgres`, {}).open();
    await expect(opened(no.port)).rejects.toThrow(/may not create roles/);
    await expect(opened(nothing.port)).rejects.toThrow(/doesn't say whether/);
    await opened(yes.port);
  });

  test('a server that says the password back is quoted without it', async () => {
    await using echoing = await fakePostgres({
      answer: () => errorMessage('58000', 'no: Tr0ub4dor-x9Zq VHIwdWI0ZG9yLXg5WnE='),
    });
    const opened = externalPostgres(`postgresql://a:Tr0ub4dor-x9Zq@127.0.0.1:${echoing.port}/postgres`, {}).open();
    await expect(opened).rejects.toThrow(/server can't be used: .*no: \[secret\] \[secret\]/);
    await expect(opened).rejects.not.toThrow(/Tr0ub4dor|VHIwdWI0/);
  });
});

describe("an operator's token", () => {
  const print = (text: string, exitCode = 0) =>
    [process.execPath, '-e', `process.stdout.write('${text}'); process.exitCode = ${exitCode}`] as const;

  test('is what the program prints, or what the environment has', async () => {
    expect(await operatorToken(print('aaa.bbb.ccc\\n'), undefined)).toBe('aaa.bbb.ccc');
    expect(await operatorToken(undefined, 'x.y.z')).toBe('x.y.z');
  });

  test('is missed without either, and nothing that was printed is told', async () => {
    await expect(operatorToken(undefined, undefined)).rejects.toThrow(/neither/);
    await expect(operatorToken(print('very-secret'), 'x.y.z')).rejects.toThrow(/other than a JWT/);
    const failed = operatorToken(print('very-secret', 3), undefined);
    await expect(failed).rejects.toThrow(/exit code 3/);
    await expect(failed).rejects.not.toThrow(/very-secret/);
    await expect(operatorToken(['no-such-program-here'], undefined)).rejects.toThrow(/no-such-program/);
  });
});
