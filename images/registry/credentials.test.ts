import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDockerEnvironment } from '@meho/core/config/docker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { credentialsFor } from './credentials.ts';

const { signal } = new AbortController();
const auth = (text: string) => Buffer.from(text).toString('base64');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'credentials-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function ask(registry: string, configuration?: string | object, env: Readonly<Record<string, string>> = {}) {
  if (configuration !== undefined) {
    const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration);
    await writeFile(path.join(folder, 'config.json'), text);
  }
  return credentialsFor(registry, signal, readDockerEnvironment({ DOCKER_CONFIG: folder, ...env }));
}

async function helper(name: string, script: string): Promise<void> {
  const file = path.join(folder, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
}

const host = 'r.example.com:5000';
const own = { username: 'me', password: 'a:b c', serveraddress: host };

test.each([
  ['the host', { [host]: { auth: auth('me:a:b c') } }],
  ['a URL', { [`https://${host}`]: { auth: auth('me:a:b c') } }],
  ['a URL with a path', { [`https://${host}/v1/`]: { auth: auth('me:a:b c') } }],
  ['two fields', { [host]: { username: 'me', password: 'a:b c' } }],
])('what is kept below %s is found', async (_, auths) => {
  expect(await ask(host, { auths })).toEqual(own);
  expect(await ask('other.example.com', { auths })).toBeUndefined();
});

test("Docker's own registry has a name of its own", async () => {
  const auths = { 'https://index.docker.io/v1/': { auth: auth('hub:secret') } };
  expect(await ask('docker.io', { auths })).toMatchObject({ username: 'hub' });
});

test('an identity token is one', async () => {
  expect(await ask(host, { auths: { [host]: { auth: auth('me:'), identitytoken: 'token' } } })).toEqual({
    identitytoken: 'token',
    serveraddress: host,
  });
});

test('without a file, an entry or a helper that knows it, there are none', async () => {
  expect(await ask(host)).toBeUndefined();
  expect(await ask(host, {})).toBeUndefined();
  expect(await ask(host, { auths: { [host]: {} } })).toBeUndefined();
  await helper('common', 'echo "credentials not found in native keychain"; exit 1');
  expect(await ask(host, { credsStore: 'common', auths: { [host]: { auth: auth('me:x') } } })).toBeUndefined();
});

test('the helper of a registry goes before the common one, and is asked for it by name', async () => {
  await helper('one', 'read server; echo "{\\"Username\\":\\"me\\",\\"Secret\\":\\"of $server\\"}"');
  await helper('common', 'exit 3');
  const configuration = { credHelpers: { [host]: 'one' }, credsStore: 'common' };
  expect(await ask(host, configuration)).toEqual({ username: 'me', password: `of ${host}`, serveraddress: host });
  await expect(ask('other.example.com', configuration)).rejects.toThrow(/docker-credential-common/);
});

test('DOCKER_AUTH_CONFIG goes before the file, where it knows the registry', async () => {
  const given = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: { auth: auth('ci:x') } } }) };
  const auths = { [host]: { auth: auth('me:a:b c') }, 'other.example.com': { auth: auth('me:y') } };
  expect(await ask(host, { auths }, given)).toMatchObject({ username: 'ci' });
  expect(await ask('other.example.com', { auths }, given)).toMatchObject({ username: 'me', password: 'y' });
});

test.each([
  ['no JSON', '{"auths": {"x": "secret-word"', /config\.json: expected a JSON object/],
  ['no base64 of two parts', { auths: { [host]: { auth: auth('secret-word') } } }, /expected NAME:PASSWORD in base64/],
  ['a helper that is nowhere', { credsStore: 'nowhere' }, /docker-credential-nowhere.*it is not on PATH/],
])('%s is refused by name, and shows nothing of it', async (_, configuration, words) => {
  const refused = await ask(host, configuration).catch(String);
  expect(refused).toMatch(words);
  expect(refused).not.toMatch(/secret-word/);
});

test('a helper that fails is named without what it printed', async () => {
  await helper('broken', 'echo secret-word; exit 2');
  const refused = await ask(host, { credsStore: 'broken' }).catch(String);
  expect(refused).toMatch(/docker-credential-broken.*exit code 2/s);
  expect(refused).not.toMatch(/secret-word/);
});
