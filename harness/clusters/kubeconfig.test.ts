import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedPort } from '@meho/core/http/testing/local-server';
import { UsageError } from '@meho/core/problem';
import { quiet } from '@meho/core/report/testing/quiet';
import { createAuthority } from '@meho/core/testing/authority';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { KubeconfigCluster } from './kubeconfig.ts';

let folder: string;
const servers: Server[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meho-access-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
  }
});

const v1 = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };

async function lineFor(server: string, user: object = { token: 'very-secret' }, authority?: string): Promise<string> {
  const file = join(folder, 'config');
  await writeFile(
    file,
    stringify({
      clusters: [{ name: 'lab', cluster: { server, ...(authority === undefined ? {} : base64(authority)) } }],
      users: [{ name: 'admin', user }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'admin' } }],
    }),
  );
  const error: unknown = await startWith(file).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) {
    throw new Error(`expected a UsageError, got ${String(error)}`);
  }
  expect(error.problems).toHaveLength(1);
  expect(error.message).not.toContain('\n');
  expect(error.message).not.toContain('very-secret');
  return error.message.replace(file, 'F');
}

function startWith(file: string) {
  return new KubeconfigCluster({ file }).start({ progress: quiet, signal: AbortSignal.timeout(8_000), images: [] });
}

function base64(authority: string) {
  return { 'certificate-authority-data': Buffer.from(authority).toString('base64') };
}

async function serveAnswer(status: number, body = '{}'): Promise<{ url: string; authority: string }> {
  const authority = await createAuthority();
  const { certificatePem, privateKeyPem } = await authority.issue({ dnsNames: ['localhost'] });
  const options = { cert: certificatePem, key: privateKeyPem };
  const port = await listen(createTlsServer(options, (_, response) => response.writeHead(status).end(body)));
  return { url: `https://localhost:${port}`, authority: authority.certificatePem };
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a server that is not running refuses connections', async () => {
  const port = await closedPort();
  const url = `https://127.0.0.1:${port}`;
  expect(await lineFor(url)).toBe(
    `context lab of F: ${url} can't be used: 127.0.0.1:${port} refused the connection; is the cluster running?`,
  );
});

test("a name that doesn't resolve is told as that", async () => {
  expect(await lineFor('https://cluster.invalid:6443')).toMatch(/cluster\.invalid.*VPN/);
});

test("a certificate that isn't trusted is told as that", async () => {
  const { certificatePem, privateKeyPem } = await (await createAuthority()).issue({ dnsNames: ['localhost'] });
  const port = await listen(createTlsServer({ cert: certificatePem, key: privateKeyPem }));
  expect(await lineFor(`https://localhost:${port}`)).toMatch(
    /not trusted here.*; check the cluster's certificate-authority/,
  );
});

test('a server that refuses the credentials is told as that', async () => {
  const { url, authority } = await serveAnswer(401);
  expect(await lineFor(url, { token: 'very-secret' }, authority)).toMatch(
    /doesn't accept the user's credentials \(401\)/,
  );
});

test('something else than an API server is told as that', async () => {
  const { url, authority } = await serveAnswer(404);
  expect(await lineFor(url, { token: 'very-secret' }, authority)).toMatch(
    /is not the Kubernetes API: it sends 404 with an object of its own .*; check the cluster's server/,
  );
});

test('a server that takes us for anonymous is told as that', async () => {
  const body = JSON.stringify({ status: { userInfo: { username: 'system:anonymous' } } });
  const { url, authority } = await serveAnswer(201, body);
  expect(await lineFor(url, { token: 'very-secret' }, authority)).toMatch(/took us for anonymous/);
});

test('a file that is not there is one clear line', async () => {
  await expect(startWith('/nowhere/config')).rejects.toThrow(/^kubeconfig \/nowhere\/config: .*ENOENT/);
});

test('an expired client certificate tells when it expired', async () => {
  const { certificatePem, privateKeyPem } = await (await createAuthority()).issue({
    dnsNames: ['admin'],
    validity: { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2024-02-01T00:00:00Z') },
  });
  const user = {
    'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
    'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
  };
  expect(await lineFor('https://cluster.invalid', user)).toMatch(/client certificate of user admin expired on .*2024/);
});

test('an exec plugin that is missing is told before any server is asked', async () => {
  const user = { exec: { command: 'no-such-plugin-here', ...v1 } };
  expect(await lineFor('https://cluster.invalid', user)).toMatch(/the exec plugin of user admin .*no-such-plugin-here/);
});

test('an exec plugin that fails is told with its exit code', async () => {
  const script = join(folder, 'plugin');
  await writeFile(script, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const user = { exec: { command: script, ...v1 } };
  expect(await lineFor('https://cluster.invalid', user)).toMatch(
    /the exec plugin of user admin ended with exit code 3/,
  );
});

test('an exec plugin that answers nonsense is told, without the nonsense', async () => {
  const script = join(folder, 'nonsense');
  await writeFile(script, '#!/bin/sh\necho very-secret\n', { mode: 0o755 });
  const user = { exec: { command: script, ...v1 } };
  expect(await lineFor('https://cluster.invalid', user)).toMatch(/exec plugin of user admin printed something other/);
});
