import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http, { type Server } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDockerEnvironment } from '@meho/core/config/docker';
import { UsageError } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { createAuthority } from '@meho/core/testing/authority';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ping } from '../engine/client.ts';
import { commandPath } from '../engine/debian.ts';
import { namedEndpoint } from '../engine/endpoint.ts';

/**
 * Compares with Docker's own client (Debian's docker-cli): both choose among engines of different names.
 * `engine/endpoint.process.spec.ts` has the recorded behaviour of client 28.2.2, for machines without it.
 */
const docker = await commandPath('docker');
const servers: Server[] = [];
let folder: string;
let tcp: string;
let tls: string;
const socket = () => path.join(folder, 'engine.sock');
const certificates = () => path.join(folder, 'certs');

/** Answers the client's first requests. */
async function engine(name: string, server: Server, listen: string | { port: number; host: string }): Promise<string> {
  servers.push(server);
  server.on('request', ({ url }, response: http.ServerResponse) => {
    response.setHeader('Api-Version', '1.50');
    response.setHeader('content-type', 'application/json');
    response.end(
      /_ping$/.test(url ?? '') ? 'OK' : JSON.stringify({ Version: name, ApiVersion: '1.50', MinAPIVersion: '1.24' }),
    );
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(listen, resolve));
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function context(name: string, host: string, material: Readonly<Record<string, string>> = {}): Promise<void> {
  const digest = createHash('sha256').update(name).digest('hex');
  const meta = path.join(folder, 'contexts', 'meta', digest);
  await mkdir(meta, { recursive: true });
  await writeFile(
    path.join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }),
  );
  await files(path.join(folder, 'contexts', 'tls', digest, 'docker'), material);
}

async function files(place: string, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, name), text);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-docker-client-'));
  const authority = await createAuthority();
  const { certificatePem: cert, privateKeyPem: key } = await authority.issue({
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  const material = { 'ca.pem': authority.certificatePem, 'cert.pem': cert, 'key.pem': key };
  const anywhere = { port: 0, host: '127.0.0.1' };
  tcp = await engine('of-a-port', http.createServer(), anywhere);
  tls = await engine('behind-tls', https.createServer({ cert, key }), anywhere);
  await engine('of-a-socket', http.createServer(), socket());
  await context('port', tcp);
  await context('socket', `unix://${socket()}`);
  await context('tls', tls, material);
  // A TLS server, a context without TLS material.
  await context('bare', tls);
  await files(certificates(), material);
  await writeFile(path.join(folder, 'config.json'), JSON.stringify({ currentContext: 'port' }));
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await rm(folder, { recursive: true });
});

test.each<[string, () => Readonly<Record<string, string>>, string | undefined]>([
  ['the current context', () => ({}), 'of-a-port'],
  ['DOCKER_CONTEXT before it', () => ({ DOCKER_CONTEXT: 'socket' }), 'of-a-socket'],
  ['DOCKER_HOST before both', () => ({ DOCKER_CONTEXT: 'socket', DOCKER_HOST: tcp }), 'of-a-port'],
  ['DOCKER_HOST without a scheme', () => ({ DOCKER_HOST: tcp.replace('tcp://', '') }), 'of-a-port'],
  ['a socket by DOCKER_HOST', () => ({ DOCKER_HOST: `unix://${socket()}` }), 'of-a-socket'],
  ['empty variables', () => ({ DOCKER_CONTEXT: '', DOCKER_HOST: '' }), 'of-a-port'],
  ["a context's own TLS", () => ({ DOCKER_CONTEXT: 'tls' }), 'behind-tls'],
  [
    'TLS by variables',
    () => ({ DOCKER_HOST: tls, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates() }),
    'behind-tls',
  ],
  [
    'TLS by a variable that says 0',
    () => ({ DOCKER_HOST: tls, DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: certificates() }),
    'behind-tls',
  ],
  ['TLS of variables beside a context', () => ({ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }), 'of-a-port'],
  ['a server that wants TLS and gets none', () => ({ DOCKER_CONTEXT: 'bare' }), undefined],
  [
    'a server that gets TLS and speaks none',
    () => ({ DOCKER_HOST: tcp, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates() }),
    undefined,
  ],
  [
    'certificates that are not there',
    () => ({ DOCKER_HOST: tls, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }),
    undefined,
  ],
  ['a context that is not there', () => ({ DOCKER_CONTEXT: 'nowhere' }), undefined],
  ['an address that is none', () => ({ DOCKER_HOST: 'http://127.0.0.1:5' }), undefined],
])('Docker and we take the same engine by %s', async (_, variables, expected) => {
  const env = {
    DOCKER_CONFIG: folder,
    DOCKER_HOST: '',
    DOCKER_CONTEXT: '',
    DOCKER_TLS_VERIFY: '',
    DOCKER_TLS: '',
    ...variables(),
  };
  expect(await ours(env)).toBe(expected);
  if (docker !== undefined) {
    const { exitCode, stdout } = await run(docker, ['version', '--format', '{{.Server.Version}}'], {
      env,
      timeoutMs: 20_000,
      acceptExitCodes: [1],
    });
    expect(exitCode === 0 ? stdout.trim() : undefined).toBe(expected);
  }
});

async function ours(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const endpoint = namedEndpoint(readDockerEnvironment(env));
    const answer = endpoint && (await ping(endpoint, 5_000));
    return answer?.answers === true ? answer.version : undefined;
  } catch (error) {
    if (error instanceof UsageError) {
      return undefined;
    }
    throw error;
  }
}
