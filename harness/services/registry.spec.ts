import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { exchange } from '@meho/core/http/exchange';
import { quiet } from '@meho/core/report/testing/quiet';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import { beforeAll, expect, test } from 'vitest';
import { type RegistryOptions, type RegistryUser, type StartedRegistry, startRegistry } from './registry.ts';

const user: RegistryUser = { name: 'publisher', password: 'a password with spaces, and ÿ' };
const { cacheFolder } = readSettings();

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
  // The first on a machine builds it.
  await (await start()).stop();
});

function start(options: Partial<RegistryOptions> = {}): Promise<StartedRegistry> {
  const { signal } = new AbortController();
  return startRegistry({ authority, program: { cacheFolder, progress: quiet, signal }, ...options });
}

function basic({ name, password }: RegistryUser) {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

function ask(registry: StartedRegistry, { path: asked = '/v2/', method = 'GET', headers = {} } = {}) {
  return exchange({
    url: new URL(`https://${registry.host}${asked}`),
    method,
    headers,
    tls: { ca: [authority.certificatePem] },
    deadlineMs: 10_000,
  });
}

const foldersOfRegistries = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('meho-registry-'));

test('is the registry that is built, and open to everybody where it has no users', async () => {
  await using registry = await start();
  expect(registry.logTail()).toContain('"version":"v3.1.2"');
  const { status, headers } = await ask(registry);
  expect(status).toBe(200);
  expect(headers['docker-distribution-api-version']).toBe('registry/2.0');
  const begun = await ask(registry, { path: '/v2/team/thing/blobs/uploads/', method: 'POST' });
  expect(begun.status).toBe(202);
});

test('with users it is theirs alone', async () => {
  await using registry = await start({ users: [user, { name: 'other', password: 'else' }] });
  const stranger = await ask(registry);
  expect(stranger.status).toBe(401);
  expect(stranger.headers['www-authenticate']).toMatch(/^Basic realm=/);
  expect((await ask(registry, { headers: basic(user) })).status).toBe(200);
  expect((await ask(registry, { headers: basic({ ...user, name: 'other' }) })).status).toBe(401);
  expect((await ask(registry, { headers: basic({ ...user, password: '' }) })).status).toBe(401);
  expect(registry.logTail()).not.toContain(user.password);
});

test('is trusted by its authority alone', async () => {
  await using registry = await start();
  const other = await createAuthority('another authority');
  await expect(
    exchange({
      url: new URL(`https://${registry.host}/v2/`),
      tls: { ca: [other.certificatePem] },
      deadlineMs: 10_000,
    }),
  ).rejects.toThrow(/certificate/);
});

test('two stand beside each other, and one that is stopped is gone with all that it held', async () => {
  const before = await foldersOfRegistries();
  const [one, two] = await Promise.all([start(), start({ users: [user] })]);
  const made = (await foldersOfRegistries()).filter((name) => !before.includes(name));
  expect(made.length).toBeGreaterThanOrEqual(2);
  await one.stop();
  await one.stop();
  await expect(ask(one)).rejects.toThrow(/refused/);
  expect((await ask(two)).status).toBe(401);
  await two.stop();
  expect(made.filter((name) => existsSync(path.join(tmpdir(), name)))).toEqual([]);
});

test('one that is called off ends, and leaves nothing', async () => {
  const controller = new AbortController();
  const registry = await start({ program: { cacheFolder, progress: quiet, signal: controller.signal } });
  controller.abort(new Error('called off'));
  await registry.stop();
  await expect(ask(registry)).rejects.toThrow(/refused/);
});

test('one that can not start says why', async () => {
  const nobody: Authority = { ...authority, issue: async () => ({ certificatePem: 'no PEM', privateKeyPem: 'none' }) };
  const started = start({ authority: nobody });
  await expect(started).rejects.toThrow(
    /expected a registry on 127\.0\.0\.1; seen [\s\S]*tls: failed to find any PEM data/,
  );
});
