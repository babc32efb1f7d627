import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../testing/stub-backplane.ts';
import { passwordsOf, postgresProblem, postgresTarget } from './target.ts';

const { certificatePem } = await createAuthority();
const home = mkdtempSync(path.join(tmpdir(), 'meho-postgres-'));
afterAll(() => rmSync(home, { recursive: true }));
const inHome = (name: string, text: string, mode = 0o600) => {
  const file = path.join(home, name);
  writeFileSync(file, text, { mode });
  return file;
};
const env = { home, osUser: 'me' };
const ca = inHome('ca.pem', certificatePem);
const target = (text: string, more = {}) => postgresTarget(text, { ...env, ...more });
const where = (text: string, more = {}) => target(text, more).hosts.map(({ name, port }) => `${name} ${port}`);

/** As psql 15.18 resolves them. */
test.each([
  ['postgresql://u:p@127.0.0.1:1/d?port=2', ['127.0.0.1 2']],
  ['postgresql://u:p@h1:1,h2:2/d?port=3', ['h1 3', 'h2 3']],
  ['postgresql://u:p@127.0.0.1:1,127.0.0.1:2/d', ['127.0.0.1 1', '127.0.0.1 2']],
  ['postgresql://u:p@127.0.0.1,127.0.0.2:2/d', ['127.0.0.1 5432', '127.0.0.2 2']],
  ['postgresql://u:p@/d?host=/tmp/nosuch', ['/tmp/nosuch 5432']],
  ['postgresql://u:p@%2Ftmp%2Fnosuch/d', ['/tmp/nosuch 5432']],
  ['postgresql://u:p@%2Ftmp%2Fnosuch:6432/d', ['/tmp/nosuch 6432']],
  ['postgresql://u:p@127.0.0.1/d?host=127.0.0.2&port=7', ['127.0.0.2 7']],
  ['postgresql://u:p@[::1]:1/d', ['::1 1']],
  ['postgresql://u:p@[fd00::1],[fd00::2]:2/d', ['fd00::1 5432', 'fd00::2 2']],
  ['postgresql://u:p@127.0.0.1:/d', ['127.0.0.1 5432']],
  ['postgresql://u:p@ss@127.0.0.1:1/d', ['ss@127.0.0.1 1']],
  ['postgresql://127.0.0.1:1/d?password=x&user=y', ['127.0.0.1 1']],
  ['postgresql:///d?host=a,b,c&port=1,2,3&user=u', ['a 1', 'b 2', 'c 3']],
])('libpq connects to where %s says', (text, expected) => {
  expect(where(text)).toEqual(expected);
});

/** As SQLAlchemy 2.1.9 resolves them for asyncpg 0.32.0. */
test.each([
  ['postgresql+asyncpg://u:p@h:5433/d', ['h 5433']],
  ['postgresql+asyncpg://u:p@/d?host=h1:1&host=h2:2', ['h1 1', 'h2 2']],
  ['postgresql+asyncpg://u:p@/d?host=h1,h2&port=1,2', ['h1 1', 'h2 2']],
  ['postgresql+asyncpg://u:p@/d?host=h1:1', ['h1 1']],
  ['postgresql+asyncpg://u:p@[::1]:5/d', ['::1 5']],
  ['postgresql+asyncpg://u:p@/d?host=/var/run/postgresql', ['/var/run/postgresql 5432']],
  ['postgresql+asyncpg://u:p/w@h/d', ['h 5432']],
])('the backplane connects to where %s says', (text, expected) => {
  expect(where(text)).toEqual(expected);
});

test('user, password and database are decoded, and may stand among the parameters', () => {
  expect(target('postgresql://u%40x:p%2Fw%20d@h/d%20b')).toMatchObject({
    user: 'u@x',
    database: 'd b',
    hosts: [{ password: 'p/w d' }],
  });
  expect(target('postgresql://h/?user=u&password=a+b&dbname=d')).toMatchObject({
    user: 'u',
    database: 'd',
    hosts: [{ password: 'a+b' }],
  });
  expect(target('postgresql+asyncpg://h/d?user=u&password=a+b').hosts[0]?.password).toBe('a b');
  expect(target('postgresql+asyncpg://u:p/w@h/d').hosts[0]?.password).toBe('p/w');
});

const checked = { verify: 'chain-and-name', ca: certificatePem };

test.each([
  ['', 'prefer', { verify: 'nothing' }],
  ['sslmode=disable', 'disable', { verify: 'nothing' }],
  ['sslmode=allow', 'allow', { verify: 'nothing' }],
  ['sslmode=require', 'require', { verify: 'nothing' }],
  // With an authority given, libpq's require verifies like verify-ca.
  [`sslmode=require&sslrootcert=${ca}`, 'require', { verify: 'chain', ca: certificatePem }],
  ['sslmode=require&sslrootcert=/nowhere', 'require', { verify: 'nothing' }],
  [`sslmode=verify-ca&sslrootcert=${ca}`, 'verify-ca', { verify: 'chain', ca: certificatePem }],
  [`sslmode=verify-full&sslrootcert=${ca}`, 'verify-full', checked],
  ['sslmode=verify-full', 'verify-full', { verify: 'chain-and-name', ca: 'system' }],
  ['sslrootcert=system', 'verify-full', { verify: 'chain-and-name', ca: 'system' }],
  ['sslmode=require&sslnegotiation=direct', 'require', { direct: true }],
  ['ssl=true', 'require', { verify: 'nothing' }],
  ['ssl=disable', 'disable', {}],
  ['sslmode=require&sslmode=disable', 'disable', {}],
])('encryption by %s', (query, mode, tls) => {
  expect(target(`postgresql://u:p@h/d?${query}`.replace(/\?$/, ''))).toMatchObject({ mode, tls });
});

/** As psql 15.18 takes them. */
test.each([
  ['u:p@h', { database: 'u' }],
  ['u:p@h/', { database: 'u' }],
  ['u:p@h/d?dbname=', { database: 'u' }],
  ['h?sslmode=disable', { user: 'me', database: 'me', mode: 'disable' }],
  ['u:p@h/d?user=', { user: 'me', database: 'd' }],
  ['u:p@h/d?sslsni=0', { tls: { sendsName: false } }],
  ['u:p@h/d?sslsni=x', { tls: { sendsName: false } }],
  ['u:p@h/d?sslsni=1', { tls: { sendsName: true } }],
  ['u:p@h/d', { tls: { sendsName: true, revoked: [], versions: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } } }],
  ['u:p@h/d?requiressl=1', { mode: 'require' }],
  ['u:p@h/d?requiressl=0', { mode: 'prefer' }],
  ['u:p@h/d?requiressl=1&sslmode=disable', { mode: 'disable' }],
  ['u:p@h/d?sslmode=disable&requiressl=1', { mode: 'require' }],
  ['u:p@h/d?requirepeer=postgres', { hosts: [{ name: 'h' }] }],
  ['u:p@h/d?ssl_min_protocol_version=tlsv1.3', { tls: { versions: { minVersion: 'TLSv1.3' } } }],
  ['u:p@h/d?ssl_min_protocol_version=TLSv1', { tls: { versions: { minVersion: 'TLSv1.2' } } }],
  ['u:p@h/d?ssl_max_protocol_version=TLSv1.2', { tls: { versions: { maxVersion: 'TLSv1.2' } } }],
  ['u:p@h/d?sslcrl=/nowhere', { tls: { revoked: [] } }],
  ['u:p@h/d?sslcrldir=/nowhere&sslmode=require', { tls: { revoked: [] } }],
  ['u:p@%40%2Frun/d', { hosts: [{ name: '@/run', port: 5432 }] }],
  ['u:p@h/d?gssdelegation=1&sslcertmode=disable&max_protocol_version=3.2', { user: 'u' }],
])('libpq takes %s', (rest, expected) => {
  expect(target(`postgresql://${rest}`)).toMatchObject(expected);
});

test('PGREQUIRESSL is what sslmode is by default, and PGSSLMODE goes before it', () => {
  expect(target('postgresql://u@h/d', { PGREQUIRESSL: '1' }).mode).toBe('require');
  expect(target('postgresql://u@h/d', { PGREQUIRESSL: '0' }).mode).toBe('prefer');
  expect(target('postgresql://u@h/d', { PGREQUIRESSL: '1', PGSSLMODE: 'disable' }).mode).toBe('disable');
});

test.each([
  ['scram-sha-256', ['scram-sha-256']],
  ['md5, password', ['md5', 'password']],
  ['!none', ['password', 'md5', 'gss', 'sspi', 'scram-sha-256', 'oauth']],
])('require_auth=%s takes %j', (given, expected) => {
  const uri = `postgresql://u:p@h/d?require_auth=${encodeURIComponent(given)}`;
  expect(new Set(target(uri).logins)).toEqual(new Set(expected));
});

test("what is empty is dropped as SQLAlchemy drops it, so that asyncpg's default holds", () => {
  expect(target('postgresql+asyncpg://u:p@h/d?ssl=&target_session_attrs=')).toMatchObject({
    mode: 'prefer',
    sessionAttributes: 'any',
  });
});

/** psql 15.18 refuses each too, except those marked: it knows or does more. */
test.each([
  ['postgresql://u:very-secret@h/d?sslmode=', 'its parameter sslmode is none of disable, allow'],
  ['postgresql://u:very-secret@h/d?sslmode=Require', 'its parameter sslmode is none of disable, allow'],
  ['postgresql://u:very-secret@h/d?sslmode', 'its parameter sslmode is not written NAME=VALUE'],
  ['postgresql://u:very-secret@h/d?application_name=b=c', 'its parameter application_name is not written NAME=VALUE'],
  ['postgresql://u:very-secret@h/d?=x', 'its parameter (name not shown) is none that libpq or asyncpg knows'],
  ['postgresql://u:very-secret@h:abc/d', 'its port is no number from 1 to 65535'],
  ['postgresql://u:very-secret@h/d?port=abc', 'its port is no number'],
  ['postgresql+asyncpg://u:very-secret@h/d?port=abc', 'its port is no number'],
  ['postgresql://u:very-secret@h:0/d', 'its port is no number'],
  ['postgresql://u:very-secret@h:65536/d', 'its port is no number'],
  ['postgresql://u:very-secret@h/d?port=-1', 'its port is no number'],
  ['postgresql://u:very-secret@h/d?host=a,b,c&port=1,2', 'it names 2 ports for 3 hosts'],
  ['postgresql://u:very-secret@a,b/d?hostaddr=127.0.0.1', 'it names 2 hosts and 1 addresses'],
  ['postgresql://u:very-secret@[::1/d', 'its host is neither'],
  ['postgresql://u:very-secret%zz@h/d', 'its password is not percent-encoded correctly'],
  ['postgresql://u:very/secret@h:1/d', 'its port is no number'],
  ['postgresql://u:very-secret@h/d?foo=bar', 'its parameter foo is none that libpq or asyncpg knows'],
  ['postgresql://u:very-secret@h/d?connect_timeout=abc', 'its parameter connect_timeout is no number of seconds'],
  ['postgresql://u:very-secret@h/d?connect_timeout=', 'its parameter connect_timeout is no number of seconds'],
  ['postgresql://u:very-secret@h/d?target_session_attrs=', 'its parameter target_session_attrs is none of any, read-w'],
  [
    'postgresql://u:very-secret@h/d?target_session_attrs=rw',
    'its parameter target_session_attrs is none of any, read-w',
  ],
  ['postgresql://u:very-secret@h/d?service=nowhere', 'its service is in no service file'],
  ['postgresql://u:very-secret@h/d?sslrootcert=system&sslmode=require', 'too weak for sslrootcert=system'],
  ['postgresql://u:very-secret@h/d?sslnegotiation=direct', 'too weak for sslnegotiation=direct'],
  ['postgresql://u:very-secret@h/d?sslmode=verify-full&sslrootcert=/nowhere', "the file of sslrootcert can't be read"],
  ['postgresql://u:very-secret@h/d?sslmode=verify-ca', 'sslmode=verify-ca needs sslrootcert'],
  ['postgresql://u:very-secret@h/d?gssencmode=require', "its parameter gssencmode can't be followed: Kerberos"],
  ['postgresql://u:very-secret@h/d?channel_binding=require', "its parameter channel_binding can't be followed"],
  ['postgresql://u:very-secret@h/d?replication=true', "its parameter replication can't be followed"],
  ['postgresql://u:very-secret@h/d?sslcertmode=require', "its parameter sslcertmode can't be followed"],
  ['postgresql://u:very-secret@h/d?min_protocol_version=3.2', "its parameter min_protocol_version can't be followed"],
  ['postgresql://u:very-secret@h/d?max_protocol_version=2.0', "its parameter max_protocol_version can't be followed"],
  ['postgresql://u:very-secret@/d?host=/tmp&requirepeer=postgres', "requirepeer can't be followed"],
  ['postgresql://u:very-secret@/d?host=@/x&requirepeer=postgres', "requirepeer can't be followed"],
  ['postgresql://u:very-secret@h/d?require_auth=scram', 'its parameter require_auth is no list of none, password'],
  ['postgresql://u:very-secret@h/d?require_auth=!md5,password', 'names methods both with and without !'],
  ['postgresql://u:very-secret@h/d?require_auth=md5,md5', 'names a method twice'],
  ['postgresql://u:very-secret@h/d?ssl_min_protocol_version=SSLv3', 'ssl_min_protocol_version is none of TLSv1'],
  ['postgresql://u:very-secret@h/d?ssl_max_protocol_version=TLSv1.1', 'TLS 1.2 is the least here'],
  [
    'postgresql://u:very-secret@h/d?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2',
    'ssl_min_protocol_version is above ssl_max_protocol_version',
  ],
  [
    `postgresql://u:very-secret@h/d?sslmode=verify-full&sslrootcert=${ca}&sslcrl=/nowhere`,
    "the file of sslcrl can't be",
  ],
  [`postgresql://u:very-secret@h/d?sslmode=verify-full&sslcrl=${ca}`, 'the file of sslcrl holds no revocation list'],
  [
    `postgresql://u:very-secret@h/d?sslmode=verify-full&sslcrldir=/nowhere`,
    "the folder of sslcrldir can't be read: ENO",
  ],
  [`postgresql://u:very-secret@h/d?sslmode=verify-full&sslcrldir=${home}`, 'the folder of sslcrldir holds no list as'],
  [
    'postgresql://u:very-secret@h/d?keepalives_idle=99999999999',
    'its parameter keepalives_idle is no whole number of 3',
  ],
  ['postgresql+asyncpg://u:very-secret@/d?port=2&host=a:1', 'it names ports beside hosts that have theirs'],
  ['postgresql+asyncpg://u:very-secret@h/d?ssl=yes', 'its parameter ssl is none of disable, allow'],
  ['postgresql+asyncpg://u:very-secret@h/d?sslmode=', 'its parameter sslmode is none of disable, allow'],
  ['host=h dbname=d password=very-secret', 'expected postgresql://'],
  ['mysql://u:very-secret@h/d', 'expected postgresql://'],
  ['POSTGRESQL://u:very-secret@h/d', 'expected postgresql://'],
])('%s is refused by the name of what is wrong, and not repeated', (text, problem) => {
  const said = postgresProblem('DATABASE_URL', text, env);
  expect(said).toContain(`DATABASE_URL: `);
  expect(said).toContain(problem);
  expect(said).not.toMatch(/very|secret/);
  expect(said).not.toContain('\n');
});

describe('where the URI is silent', () => {
  test("libpq's variables speak, and an empty one is none", () => {
    const variables = {
      PGHOST: 'a,b',
      PGPORT: '1,2',
      PGUSER: 'u',
      PGDATABASE: 'd',
      PGPASSWORD: 'p',
      PGSSLMODE: 'require',
    };
    expect(target('postgresql://', variables)).toMatchObject({
      hosts: [
        { name: 'a', port: 1, password: 'p' },
        { name: 'b', port: 2, password: 'p' },
      ],
      user: 'u',
      database: 'd',
      mode: 'require',
    });
    expect(target('postgresql://h/d').user).toBe('me');
    expect(postgresProblem('DATABASE_URL', 'postgresql://h/d', { ...env, PGSSLMODE: 'none' })).toContain(
      'PGSSLMODE is none of disable',
    );
  });

  test('a service has the rest, and the URI wins over it', () => {
    const PGSERVICEFILE = inHome(
      'services',
      '# ours\n[other]\nhost=x\n[lab]\nhost=db.lab\nport=5433\nuser=lab\ndbname=meho\n',
    );
    expect(where('postgresql:///?service=lab', { PGSERVICEFILE })).toEqual(['db.lab 5433']);
    expect(target('postgresql://me@/mine?service=lab', { PGSERVICEFILE })).toMatchObject({
      user: 'me',
      database: 'mine',
    });
    const wrong = inHome('wrong', '[lab]\nhost db\n');
    expect(() => target('postgresql:///?service=lab', { PGSERVICEFILE: wrong })).toThrow(/line 2 of its service file/);
    expect(() => target('postgresql:///?service=lab', { PGSERVICEFILE: '/nowhere' })).toThrow(/file can't be read/);
  });

  test('a password file has the password of the host, the first line that fits', () => {
    const file = inHome(
      '.pgpass',
      '# *:*:*:*:no\nh1:*:d:u:on\\:e\nh2:5433:*:*:two\\\\\n*:*:d:other:three\nlocalhost:*:*:*:socket\n',
    );
    const passwords = (text: string) => target(text).hosts.map(({ password }) => password);
    expect(passwords('postgresql://u@h1,h2:5433,h2/d')).toEqual(['on:e', 'two\\', undefined]);
    expect(passwords('postgresql://u@%2Fvar%2Frun%2Fpostgresql/d')).toEqual(['socket']);
    expect(passwords('postgresql://u:own@h1/d')).toEqual(['own']);
    expect(passwordsOf('postgresql://u@h1/d', env)).toEqual(['on:e']);
    const shared = inHome('shared', 'h1:*:*:*:one\n', 0o644);
    expect(target(`postgresql://u@h1/d?passfile=${shared}`).hosts[0]?.password).toBeUndefined();
    rmSync(file);
  });
});

test('the rest is kept as it is said', () => {
  const query =
    'target_session_attrs=read-write&connect_timeout=3&options=-c%20search_path%3Dmeho&application_name=a%2Bb';
  expect(target(`postgresql://u:p@h/d?${query}`)).toMatchObject({
    sessionAttributes: 'read-write',
    connectTimeoutMs: 3000,
    options: '-c search_path=meho',
    applicationName: 'a+b',
  });
  expect(target('postgresql://u:p@h/d?connect_timeout=-1').connectTimeoutMs).toBeUndefined();
  expect(target('postgresql://u:p@name/d?hostaddr=10.0.0.9').hosts).toMatchObject([
    { name: 'name', address: '10.0.0.9' },
  ]);
});
