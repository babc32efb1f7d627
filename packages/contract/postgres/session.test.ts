import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority } from '@meho/core/testing/authority';
import { afterAll, describe, expect, test } from 'vitest';
import { withSession } from './session.ts';
import { postgresTarget } from './target.ts';
import { authenticationOk, fakePostgres, message, ready, row } from './testing/fake-postgres.ts';

const home = mkdtempSync(path.join(tmpdir(), 'meho-session-'));
afterAll(() => rmSync(home, { recursive: true }));
const inHome = (name: string, text: string) => {
  writeFileSync(path.join(home, name), text);
  return path.join(home, name);
};
const authority = await createAuthority();
const pair = await authority.issue({ dnsNames: ['localhost'] });
const ca = inHome('ca.pem', authority.certificatePem);
const answer = () => row({ name: { text: 'found' } });

async function ask(port: number, query: string): Promise<string> {
  const target = postgresTarget(`postgresql://u:p@localhost:${port}/d?hostaddr=127.0.0.1&${query}`, {
    home,
    osUser: 'me',
  });
  try {
    return await withSession(target, {}, async (session) => (await session.query('SELECT name')).rows[0]?.name);
  } catch (error) {
    return String(error);
  }
}

describe('an encrypted session', () => {
  const full = `sslmode=verify-full&sslrootcert=${ca}`;

  test.each([
    ['', 'localhost'],
    ['&sslsni=1', 'localhost'],
    ['&sslsni=0', undefined],
  ])('with %s sends the name %s, and checks it all the same', async (more, name) => {
    await using server = await fakePostgres({ answer, tls: pair });
    expect(await ask(server.port, full + more)).toBe('found');
    expect(server.sessions.map((session) => session.name || undefined)).toEqual([name]);
    await using other = await fakePostgres({ answer, tls: await authority.issue({ dnsNames: ['another'] }) });
    expect(await ask(other.port, full + more)).toMatch(/localhost/);
    expect(other.sessions).toEqual([]);
  });

  test.each([
    ['ssl_max_protocol_version=TLSv1.2', 'TLSv1.2'],
    ['ssl_min_protocol_version=TLSv1.3', 'TLSv1.3'],
  ])('with %s is of %s', async (more, version) => {
    await using server = await fakePostgres({ answer, tls: pair });
    expect(await ask(server.port, `${full}&${more}`)).toBe('found');
    expect(server.sessions).toMatchObject([{ version }]);
  });

  test('ends at a certificate that a revocation list names, in a file or in a folder of hashes', async () => {
    const [none, ours] = await Promise.all([authority.revoke([]), authority.revoke([pair.certificatePem])]);
    await using server = await fakePostgres({ answer, tls: pair });
    expect(await ask(server.port, `${full}&sslcrl=${inHome('none.crl', none)}`)).toBe('found');
    expect(await ask(server.port, `${full}&sslcrl=${inHome('ours.crl', ours)}`)).toMatch(/revoked/);
    inHome('0a1b2c3d.r0', ours);
    expect(await ask(server.port, `${full}&sslcrldir=${home}`)).toMatch(/revoked/);
    expect(await ask(server.port, `sslmode=require&sslcrl=${inHome('ours.crl', ours)}`)).toMatch('found');
  });
});

describe('require_auth', () => {
  const password = message('R', 3);
  const md5 = message('R', 5, Buffer.from('salt'));
  const scram = message('R', 10, 'SCRAM-SHA-256\0\0');
  const letIn = Buffer.concat([authenticationOk, ready]);

  test.each([
    ['password', password, 'found'],
    ['md5,password', md5, 'found'],
    ['none', letIn, 'found'],
    ['!password', md5, 'found'],
    ['scram-sha-256', password, /asks for password, which require_auth doesn't take/],
    ['!password', password, /asks for password/],
    ['scram-sha-256', md5, /asks for md5/],
    ['!none', letIn, /lets us in without asking for anything/],
    ['md5', scram, /asks for scram-sha-256/],
    // The stand-in lets everybody in who sends something.
    ['scram-sha-256', scram, /before it has shown that it knows the password/],
  ])('=%s, and the server begins with %j', async (taken, first, expected) => {
    const sent: Buffer[] = [];
    await using server = await fakePostgres({
      answer,
      onStartup: (socket) => {
        socket.on('data', (chunk: Buffer) => sent.push(chunk));
        socket.write(first);
      },
    });
    const said = await ask(server.port, `sslmode=disable&require_auth=${encodeURIComponent(taken)}`);
    expect(said).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    const isRefusedAtOnce = said !== 'found' && !/knows the password/.test(said);
    expect(isRefusedAtOnce ? sent : []).toEqual([]);
  });
});
