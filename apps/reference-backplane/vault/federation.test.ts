import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkFederation } from './federation.ts';

/** NOT Vault: a stand-in for its two endpoints. The smoke suite uses a real Vault. */
async function standIn(answer: (path: string, body: string) => { status: number; body?: unknown }): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const text = (await request.toArray()).join('');
    const { status, body } = answer(request.url ?? '', text);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
  });
  return addressOf(server);
}

function addressOf(server: Server): string {
  const address: string | AddressInfo | null = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const LOGIN = '/v1/auth/jwt/login';
const READ = '/v1/secret/data/meho/test/federation';
const LOGGED_IN = { status: 200, body: { auth: { client_token: 'hvs.x' } } };

const settingsFor = (address: string) => ({ address, role: 'meho-mcp', mountPath: 'jwt', timeoutMs: 2_000 });

describe('the federation leg', () => {
  test('logs in with the role and the token, and reads the version', async () => {
    const bodies: string[] = [];
    const address = await standIn((path, body) => {
      bodies.push(body);
      return path === LOGIN ? LOGGED_IN : { status: 200, body: { data: { data: { a: 1 }, metadata: { version: 4 } } } };
    });
    await expect(checkFederation(settingsFor(address), 'a.b.c')).resolves.toEqual({
      reachable: true,
      read_ok: true,
      detail: 'version=4',
    });
    expect(JSON.parse(bodies[0] ?? '')).toEqual({ role: 'meho-mcp', jwt: 'a.b.c' });
  });

  test.each([
    [400, 'InvalidRequest'],
    [403, 'Forbidden'],
    [503, 'VaultDown'],
  ])('a login answered %i is %s', async (status, name) => {
    const address = await standIn(() => ({ status }));
    await expect(checkFederation(settingsFor(address), 'a.b.c')).resolves.toEqual({
      reachable: true,
      read_ok: false,
      detail: `login_failed: ${name}`,
    });
  });

  test.each([
    [403, 'Forbidden'],
    [404, 'InvalidPath'],
    [200, 'MalformedAnswer'],
  ])('a read answered %i is %s', async (status, name) => {
    const address = await standIn((path) => (path === READ ? { status } : LOGGED_IN));
    await expect(checkFederation(settingsFor(address), 'a.b.c')).resolves.toEqual({
      reachable: true,
      read_ok: false,
      detail: `read_failed: ${name}`,
    });
  });

  test('nobody there is not reachable', async () => {
    // Below the ports that servers of other tests are given.
    await expect(checkFederation(settingsFor('http://127.0.0.1:29999'), 'a.b.c')).resolves.toEqual({
      reachable: false,
      read_ok: false,
      detail: 'login_failed: ConnectError',
    });
  });

  test('no address is a failure, not a pass', async () => {
    await expect(checkFederation(undefined, 'a.b.c')).resolves.toMatchObject({ reachable: false, read_ok: false });
  });
});
