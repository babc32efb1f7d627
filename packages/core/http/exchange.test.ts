import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type Authority, createAuthority } from '../testing/authority.ts';
import { Connections } from './connections.ts';
import { exchange, type HttpRequest } from './exchange.ts';
import { closedPort, serveHttp, serveHttps, serveTcp } from './testing/local-server.ts';
import { TransportError } from './transport-error.ts';

const HOST = 'meho.example.com';
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function requestTo(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url: new URL(`https://${HOST}/version`),
    connectTo: { host: '127.0.0.1', port },
    tls: { ca: [authority.certificatePem] },
    deadlineMs: 5_000,
    ...more,
  };
}

async function failureOf(request: HttpRequest, limitBytes?: number): Promise<TransportError> {
  const error: unknown = await exchange(request, limitBytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

test('an answer comes over a connection to another address, under the name that was asked for', async () => {
  const hosts: (string | undefined)[] = [];
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (request, response) => {
    hosts.push(request.headers.host);
    response.setHeader('content-type', 'application/json').end('{"git_sha":"abc"}');
  });
  const answer = await exchange(requestTo(server.port));
  expect(answer).toMatchObject({ status: 200, body: '{"git_sha":"abc"}' });
  expect(hosts).toEqual([HOST]);
});

test('a redirect is an answer and not followed', async () => {
  let asked = 0;
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (_, response) => {
    asked += 1;
    response.writeHead(301, { location: 'https://elsewhere.example.com/' }).end();
  });
  const answer = await exchange(requestTo(server.port));
  expect(answer.status).toBe(301);
  expect(answer.headers.location).toBe('https://elsewhere.example.com/');
  expect(asked).toBe(1);
});

test('an address instead of a name is checked against the certificate', async () => {
  await using server = await serveHttps(
    await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] }),
    (_, response) => {
      response.end('ok');
    },
  );
  const { url: _, connectTo: __, ...rest } = requestTo(server.port);
  await expect(exchange({ ...rest, url: new URL(`https://127.0.0.1:${server.port}/`) })).resolves.toMatchObject({
    body: 'ok',
  });
});

test('a name that does not resolve', async () => {
  const { connectTo: _, ...rest } = requestTo(0);
  const { failure, observed } = await failureOf({ ...rest, url: new URL('https://no-such-host.invalid/') });
  expect(failure).toBe('dns');
  expect(observed).toContain('no-such-host.invalid');
});

test('a port that nothing listens on', async () => {
  const port = await closedPort();
  const { failure, observed } = await failureOf(requestTo(port));
  expect(failure).toBe('refused');
  expect(observed).toBe(`127.0.0.1:${port} refused the connection`);
});

test('a certificate of a CA that is not trusted says who issued it', async () => {
  const other = await createAuthority();
  await using server = await serveHttps(await other.issue({ dnsNames: [HOST] }), (_, response) => response.end());
  const { failure, observed, hint } = await failureOf(requestTo(server.port));
  expect(failure).toBe('tls-unknown-ca');
  expect(observed).toMatch(/CA that is not trusted here \(for meho\.example\.com, issued by .+, valid \d{4}-/);
  expect(hint).toContain('--cacert');
});

test('a self-signed certificate', async () => {
  const { createSelfSigned } = await import('./testing/self-signed.ts');
  await using server = await serveHttps(await createSelfSigned(HOST), (_, response) => response.end());
  expect((await failureOf(requestTo(server.port))).failure).toBe('tls-self-signed');
});

test('a certificate is checked whatever the environment tells Node', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const other = await createAuthority();
  await using server = await serveHttps(await other.issue({ dnsNames: [HOST] }), (_, response) => response.end());
  expect((await failureOf(requestTo(server.port))).failure).toBe('tls-unknown-ca');
});

test('a certificate that has expired', async () => {
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-01-02') };
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST], validity }), (_, response) =>
    response.end(),
  );
  const { failure, observed } = await failureOf(requestTo(server.port));
  expect(failure).toBe('tls-expired');
  expect(observed).toContain('valid 2020-01-01 to 2020-01-02');
});

test('a certificate that is not valid yet', async () => {
  const validity = { notBefore: new Date('2099-01-01'), notAfter: new Date('2099-01-02') };
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST], validity }), (_, response) =>
    response.end(),
  );
  expect((await failureOf(requestTo(server.port))).failure).toBe('tls-not-yet-valid');
});

test('a certificate for another name', async () => {
  await using server = await serveHttps(await authority.issue({ dnsNames: ['other.example.com'] }), (_, response) =>
    response.end(),
  );
  const { failure, observed } = await failureOf(requestTo(server.port));
  expect(failure).toBe('tls-hostname');
  expect(observed).toContain('is not for meho.example.com (for other.example.com');
});

test.each([
  ['me*.example.com', 'tls-hostname'],
  ['*ho.example.com', 'tls-hostname'],
  ['meho.*.com', 'tls-hostname'],
  ['*.example.com', undefined],
])(
  'a certificate for %s: as curl, Go and libpq take a wildcard, for a whole first label only',
  async (name, failure) => {
    await using server = await serveHttps(await authority.issue({ dnsNames: [name] }), (_, response) => response.end());
    const seen =
      failure === undefined ? await exchange(requestTo(server.port)) : await failureOf(requestTo(server.port));
    expect(seen).toMatchObject(failure === undefined ? { status: 200 } : { failure });
  },
);

test('the name that a certificate was to be for is the one that was asked for, in SNI as in the words', async () => {
  const own = ['127.0.0.1'];
  await using server = await serveHttps(await authority.issue({ dnsNames: [], ipAddresses: own }), (_, response) =>
    response.end(),
  );
  const url = new URL(`https://127.0.0.1:${server.port}/`);
  const tls = { ca: [authority.certificatePem], servername: 'kubernetes.example.com' };
  const { failure, observed } = await failureOf({ url, tls, deadlineMs: 5_000 });
  expect(failure).toBe('tls-hostname');
  expect(observed).toContain('is not for kubernetes.example.com (for 127.0.0.1, ');
});

test('plain HTTP where TLS was expected', async () => {
  await using server = await serveHttp((_, response) => response.end());
  expect((await failureOf(requestTo(server.port))).failure).toBe('tls-not-tls');
});

test('a server that accepts and never shakes hands', async () => {
  await using server = await serveTcp(() => undefined);
  expect((await failureOf(requestTo(server.port, { deadlineMs: 1000 }))).failure).toBe('tls-timeout');
});

test('a server that takes the request and never answers', async () => {
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), () => undefined);
  const { failure, observed } = await failureOf(requestTo(server.port, { deadlineMs: 1500 }));
  expect(failure).toBe('answer-timeout');
  expect(observed).toContain('within 1.5 s');
});

test('an answer that begins and never ends', async () => {
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (_, response) => {
    response.write('beginning');
  });
  expect((await failureOf(requestTo(server.port, { deadlineMs: 1500 }))).failure).toBe('body-timeout');
});

test('a body that is larger than the limit', async () => {
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (_, response) => {
    response.end('x'.repeat(2_000));
  });
  const { failure, observed } = await failureOf(requestTo(server.port), 1_000);
  expect(failure).toBe('too-large');
  expect(observed).toContain('more than 1000 bytes');
});

test('a connection that is closed without an answer', async () => {
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (request) =>
    request.socket.destroy(),
  );
  expect((await failureOf(requestTo(server.port))).failure).toBe('reset');
});

test('an answer that is not HTTP', async () => {
  await using server = await serveTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  const { tls: _, ...rest } = requestTo(server.port);
  expect((await failureOf({ ...rest, url: new URL(`http://${HOST}/`) })).failure).toBe('not-http');
});

const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';

test.each([
  ['with the headers of one', switching, /switched to another protocol \(101\)/],
  ['without any', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /switched to another protocol/],
])('an answer that switches protocols, %s', async (_, answer, words) => {
  await using server = await serveTcp((socket) => socket.once('data', () => socket.end(answer)));
  const { tls: __, ...rest } = requestTo(server.port);
  expect((await failureOf({ ...rest, url: new URL(`http://${HOST}/`) })).observed).toMatch(words);
});

test('headers that never end are too large, not something other than HTTP', async () => {
  await using server = await serveTcp((socket) =>
    socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(20_000)}\r\n`)),
  );
  const { tls: _, ...rest } = requestTo(server.port);
  const { failure, observed } = await failureOf({ ...rest, url: new URL(`http://${HOST}/`) });
  expect(failure).toBe('too-large');
  expect(observed).toContain('headers of more than 16 kB');
});

test.each([
  ['api-server', /kubeconfig/],
  ['issuer', /--issuer/],
  ['github', /GITHUB_API_URL/],
] as const)('where to look next is told for what was asked: %s', async (peer, words) => {
  const { hint } = await failureOf(requestTo(await closedPort(), { peer }));
  expect(hint).toMatch(words);
  expect(hint).not.toMatch(/ingress|backplane/);
});

test('an abort from outside is not dressed up as a transport error', async () => {
  await using server = await serveTcp(() => undefined);
  const controller = new AbortController();
  const asked = exchange(requestTo(server.port, { signal: controller.signal }));
  controller.abort(new Error('interrupted'));
  await expect(asked).rejects.toThrow('interrupted');
});

test('it tells where the time went; a connection that was kept costs nothing again', async () => {
  const pauseMs = 60;
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (_, response) => {
    setTimeout(() => response.end('{}'), pauseMs);
  });
  const agent = new Connections({ keepAlive: true, maxSockets: 1 });
  try {
    const [first, second] = [
      (await exchange(requestTo(server.port, { agent }))).timing,
      (await exchange(requestTo(server.port, { agent }))).timing,
    ];
    expect(Math.min(first.connectMs, first.tlsMs)).toBeGreaterThan(0);
    // A timer may fire a millisecond early.
    expect(Math.min(first.waitMs, second.waitMs)).toBeGreaterThan(pauseMs - 2);
    expect(second.tlsMs).toBe(0);
  } finally {
    agent.destroy();
  }
});

test('a kept connection that is closed while it is used again is no failure; a new one that is closed, is', async () => {
  let asked = 0;
  await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (request, response) => {
    asked += 1;
    if (asked === 2) {
      request.socket.destroy();
    } else {
      response.end(String(asked));
    }
  });
  const agent = new Connections({ keepAlive: true, maxSockets: 1 });
  try {
    expect((await exchange(requestTo(server.port, { agent }))).body).toBe('1');
    expect((await exchange(requestTo(server.port, { agent }))).body).toBe('3');
  } finally {
    agent.destroy();
  }
  asked = 1;
  expect((await failureOf(requestTo(server.port))).observed).toMatch(/closed the connection/);
});

test.each(['POST', 'DELETE'])(
  'the body of a %s arrives whole, and nothing of it is left on the connection',
  async (method) => {
    const seen: string[] = [];
    await using server = await serveHttps(await authority.issue({ dnsNames: [HOST] }), (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push(`${request.method} ${body}`);
        response.end();
      });
    });
    const agent = new Connections({ keepAlive: true });
    try {
      for (const body of ['{"uid":"1"}', '{"uid":"2"}']) {
        expect(await exchange(requestTo(server.port, { method, body, agent }))).toMatchObject({ status: 200 });
      }
    } finally {
      agent.destroy();
    }
    expect(seen).toEqual([`${method} {"uid":"1"}`, `${method} {"uid":"2"}`]);
  },
);
