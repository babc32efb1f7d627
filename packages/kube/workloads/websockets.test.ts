import { createHash } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { listen, serveHttps, serveTcp } from '@meho/core/http/testing/local-server';
import { serveProxy } from '@meho/core/http/testing/proxy-server';
import { type Authority, createAuthority, type ServerNames } from '@meho/core/testing/authority';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { KubeApi } from '../api/api.ts';
import type { ClusterAccess } from '../kubeconfig/access.ts';
import { execInPod } from './exec.ts';
import { forwardPort } from './port-forward.ts';

let authority: Authority;
let stranger: Authority;

beforeAll(async () => {
  // The library takes seconds to load on a busy machine, which no test here is about.
  await import('@kubernetes/client-node');
  [authority, stranger] = await Promise.all([createAuthority(), createAuthority('stranger')]);
}, 60_000);
afterEach(() => {
  vi.unstubAllEnvs();
});

function accessTo(port: number, more: Partial<ClusterAccess> = {}): ClusterAccess {
  return {
    server: new URL(`https://127.0.0.1:${port}`),
    tls: { ca: [authority.certificatePem] },
    identity: {
      credentials: async () => ({ token: 'the-token' }),
      impersonate: { 'impersonate-user': 'alice' },
    },
    description: 'the cluster of this test',
    ...more,
  };
}

/** Refuses WebSockets. */
async function serveApi(by: Authority, names: ServerNames = { dnsNames: [], ipAddresses: ['127.0.0.1'] }) {
  const asked: string[] = [];
  const keyPair = await by.issue(names);
  const server = await serveHttps(keyPair, ({ url, headers }, response) => {
    asked.push(`${url?.split('?')[0]} ${headers.authorization} ${headers['impersonate-user']} ${headers.upgrade}`);
    response.writeHead(403).end();
  });
  return { asked, port: server.port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const ways = [
  {
    name: 'exec',
    path: 'exec',
    faultOf: async (api: KubeApi) => {
      const command = { namespace: 'meho', pod: 'one', container: 'main', command: ['true'] };
      const error: unknown = await execInPod(api, command, AbortSignal.timeout(10_000)).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(Error);
      return (error as Error).message;
    },
  },
  {
    name: 'port-forward',
    path: 'portforward',
    faultOf: async (api: KubeApi) => {
      await using forward = await forwardPort(api, 'meho', 'one', 8000);
      const socket = net.connect(forward.port, '127.0.0.1');
      await once(socket, 'close');
      return forward.failures.join();
    },
  },
];

describe.each(ways)('$name', ({ path, faultOf }) => {
  test('asks as who we are, by the identity and the trust of every other request', async () => {
    await using server = await serveApi(authority);
    using api = new KubeApi(accessTo(server.port));
    expect(await faultOf(api)).toMatch(/403/);
    expect(server.asked).toEqual([`/api/v1/namespaces/meho/pods/one/${path} Bearer the-token alice websocket`]);
  });

  test('checks the certificate whatever the environment tells Node', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await using server = await serveApi(stranger);
    using api = new KubeApi(accessTo(server.port));
    expect(await faultOf(api)).toMatch(/CA that is not trusted here; .*certificate-authority-data/);
    expect(server.asked).toEqual([]);
  });

  test('checks no certificate where the kubeconfig says so', async () => {
    await using server = await serveApi(stranger);
    using api = new KubeApi(accessTo(server.port, { tls: { rejectUnauthorized: false } }));
    expect(await faultOf(api)).toMatch(/403/);
  });

  test.each<[string, ServerNames]>([
    ['a star for a part of a label', { dnsNames: ['me*.example.com'] }],
    ['a common name alone', { dnsNames: [], commonNames: ['meho.example.com'] }],
  ])('takes no certificate with %s, as kubectl does not', async (_, names) => {
    await using server = await serveApi(authority, names);
    const tls = { ca: [authority.certificatePem], servername: 'meho.example.com' };
    using api = new KubeApi(accessTo(server.port, { tls }));
    expect(await faultOf(api)).toMatch(/is not for meho\.example\.com/);
    expect(server.asked).toEqual([]);
  });

  test("goes by the kubeconfig's proxy", async () => {
    await using server = await serveApi(authority);
    await using proxy = await serveProxy({ to: server.port, login: 'ann:secret' });
    const proxyUrl = new URL(`http://ann:secret@127.0.0.1:${proxy.port}`);
    using api = new KubeApi(accessTo(server.port, { proxyUrl }));
    expect(await faultOf(api)).toMatch(/403/);
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port} ann:secret`]);
  });

  test('tells a proxy that does not open the way', async () => {
    await using proxy = await serveProxy({ to: 1, status: 502 });
    const proxyUrl = new URL(`http://127.0.0.1:${proxy.port}`);
    using api = new KubeApi(accessTo(1, { proxyUrl }));
    expect(await faultOf(api)).toMatch(
      /^the proxy 127\.0\.0\.1:\d+ \(proxy-url of .*\) can't reach 127\.0\.0\.1:1 \(502\)/,
    );
  });

  test('ends where the server closes without an answer', async () => {
    await using server = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
    using api = new KubeApi(accessTo(server.port));
    expect(await faultOf(api)).toMatch(/closed the connection/);
  });
});

test('a command runs through the tunnel, and its output and exit code come back', async () => {
  const keyPair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const apiServer = https.createServer({ cert: keyPair.certificatePem, key: keyPair.privateKeyPem });
  apiServer.on('upgrade', ({ headers }, socket) => {
    const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${magic}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`,
    );
    const causes = [{ reason: 'ExitCode', message: '3' }];
    const status = { status: 'Failure', reason: 'NonZeroExitCode', details: { causes } };
    // Channel 1 is stdout, 3 the end.
    for (const [channel, text] of [
      [1, 'hello'],
      [3, JSON.stringify(status)],
    ] as const) {
      const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
      const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
      socket.write(Buffer.concat([Buffer.from([0x82, ...length]), payload]));
    }
  });
  await using server = await listen(apiServer);
  await using proxy = await serveProxy({ to: server.port });
  using api = new KubeApi(accessTo(server.port, { proxyUrl: new URL(`http://127.0.0.1:${proxy.port}`) }));
  const command = { namespace: 'meho', pod: 'one', container: 'main', command: ['false'] };
  expect(await execInPod(api, command, AbortSignal.timeout(10_000))).toEqual({ exitCode: 3, output: 'hello' });
  expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
});
