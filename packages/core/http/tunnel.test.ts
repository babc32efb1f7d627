import { beforeAll, describe, expect, test } from 'vitest';
import { type Authority, createAuthority, type ServerNames } from '../testing/authority.ts';
import { Connections } from './connections.ts';
import { exchange, type HttpRequest, openStream } from './exchange.ts';
import type { ProxyServer } from './proxy.ts';
import type { NameRules } from './server-identity.ts';
import { closedPort, type LocalServer, serveHttp, serveHttps, serveTcp } from './testing/local-server.ts';
import { type ProxyServerForTests, serveProxy, serveSocks } from './testing/proxy-server.ts';
import { TransportError } from './transport-error.ts';

const HOST = 'meho.example.com';
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

function at(port: number, more: Partial<ProxyServer> = {}): ProxyServer {
  return { scheme: 'http', host: '127.0.0.1', port, source: 'HTTPS_PROXY', ...more };
}

/** For a name that only the proxy resolves. */
function through(proxy: ProxyServer, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url: new URL(`https://${HOST}/version`),
    tls: { ca: [authority.certificatePem] },
    deadlineMs: 5_000,
    proxy,
    ...more,
  };
}

async function target(): Promise<LocalServer> {
  return serveHttps(await authority.issue({ dnsNames: [HOST] }), (_, response) => response.end('here'));
}

async function failureOf(request: HttpRequest): Promise<TransportError> {
  const error: unknown = await exchange(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

const login = { user: 'ann', password: 's3:cr@t' };

interface Kind {
  readonly name: string;
  readonly serve: (to: number, loginText?: string) => Promise<ProxyServerForTests>;
  readonly proxy: (port: number) => ProxyServer;
  readonly asked: string;
}

const kinds: readonly Kind[] = [
  {
    name: 'an http proxy',
    serve: (to, text) => serveProxy({ to, ...(text === undefined ? {} : { login: text }) }),
    proxy: (port) => at(port),
    asked: `CONNECT ${HOST}:443`,
  },
  {
    name: 'an https proxy',
    serve: async (to, text) =>
      serveProxy({
        to,
        keyPair: await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] }),
        ...(text === undefined ? {} : { login: text }),
      }),
    proxy: (port) => at(port, { scheme: 'https', tls: { ca: [authority.certificatePem] } }),
    asked: `CONNECT ${HOST}:443`,
  },
  {
    name: 'a SOCKS proxy',
    serve: (to, text) => serveSocks({ to, ...(text === undefined ? {} : { login: text }) }),
    proxy: (port) => at(port, { scheme: 'socks5h' }),
    asked: `SOCKS ${HOST}:443`,
  },
];

describe.each(kinds)('through $name', ({ serve, proxy, asked }) => {
  test('an answer comes from a host that it alone can find', async () => {
    await using server = await target();
    await using between = await serve(server.port);
    expect(await exchange(through(proxy(between.port)))).toMatchObject({ status: 200, body: 'here' });
    expect(between.asked).toEqual([asked]);
  });

  test('with its user and password, which no line shows', async () => {
    await using server = await target();
    await using between = await serve(server.port, `${login.user}:${login.password}`);
    const given = { ...proxy(between.port), login };
    expect(await exchange(through(given))).toMatchObject({ body: 'here' });
    expect(between.asked).toEqual([`${asked} ann:s3:cr@t`]);
    const wrong = await failureOf(through({ ...given, login: { ...login, password: 'wr0ng' } }));
    const missing = await failureOf(through(proxy(between.port)));
    expect(wrong.message).toMatch(/^the proxy 127.0.0.1:\d+ \(HTTPS_PROXY\) doesn't take the user and password/);
    expect(missing.message).toMatch(/^the proxy 127.0.0.1:\d+ \(HTTPS_PROXY\) wants a user and a password/);
    expect([wrong.failure, missing.failure]).toEqual(['proxy-denied', 'proxy-denied']);
    expect(wrong.message).not.toMatch(/wr0ng|ann/);
  });

  test('the certificate is still the one of the host, and a wrong one is told with the proxy in between', async () => {
    const other = await createAuthority();
    await using server = await serveHttps(await other.issue({ dnsNames: [HOST] }), (_, response) => response.end());
    await using between = await serve(server.port);
    const { failure, observed } = await failureOf(through(proxy(between.port)));
    expect(failure).toBe('tls-unknown-ca');
    expect(observed).toMatch(
      /^the certificate of meho\.example\.com:443 through the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) .* \(for meho\.example\.com, /,
    );
  });

  test('kept connections keep their tunnel', async () => {
    await using server = await target();
    await using between = await serve(server.port);
    const agent = new Connections({ keepAlive: true });
    try {
      const request = through(proxy(between.port), { agent });
      expect((await exchange(request)).timing.tlsMs).toBeGreaterThan(0);
      expect((await exchange(request)).timing.tlsMs).toBe(0);
    } finally {
      agent.destroy();
    }
    expect(between.asked).toHaveLength(1);
  });

  test('one that is not there is told as the proxy, not as the host', async () => {
    const { failure, message } = await failureOf(through(proxy(await closedPort())));
    expect(failure).toBe('proxy');
    expect(message).toMatch(
      /^the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) refused the connection; check HTTPS_PROXY; .*NO_PROXY/,
    );
  });

  test('one whose name does not resolve is told as the proxy', async () => {
    const { failure, message } = await failureOf(through({ ...proxy(3128), host: 'proxy.invalid' }));
    expect(failure).toBe('proxy');
    expect(message).toMatch(
      /^the proxy proxy\.invalid:3128 \(HTTPS_PROXY\) can't be found: the name proxy\.invalid does not resolve .*; check HTTPS_PROXY/,
    );
  });

  test('one that says nothing is told when the time is over, and an abort is no fault of it', async () => {
    await using silent = await serveTcp(() => undefined);
    const { failure, message } = await failureOf(through(proxy(silent.port), { deadlineMs: 1000 }));
    expect(failure).toBe('proxy');
    expect(message).toMatch(/the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\).* within 1 s/);
    const controller = new AbortController();
    const asked = exchange(through(proxy(silent.port), { signal: controller.signal }));
    controller.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
  });

  test.each([
    ['closes the connection', ''],
    ['speaks something else', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('one that %s is told as the proxy', async (_, words) => {
    await using strange = await serveTcp((socket) => socket.once('data', () => socket.end(words)));
    const { failure, observed } = await failureOf(through(proxy(strange.port)));
    expect(failure).toBe('proxy');
    expect(observed).toMatch(/the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\)/);
  });
});

test.each([
  [403, 'proxy-denied', /doesn't allow connections to meho\.example\.com:443 \(403\)/],
  [407, 'proxy-denied', /wants a user and a password \(407\)/],
  [502, 'proxy', /can't reach meho\.example\.com:443 \(502\)/],
  [503, 'proxy', /can't reach meho\.example\.com:443 \(503\)/],
  [301, 'proxy', /answered 301 to CONNECT/],
  [101, 'proxy', /answered 101 to CONNECT/],
])('a proxy that answers %i instead of opening the way says so itself', async (status, kind, words) => {
  await using between = await serveProxy({ to: 1, status });
  const { failure, observed } = await failureOf(through(at(between.port)));
  expect(failure).toBe(kind);
  expect(observed).toMatch(words);
});

test('a SOCKS proxy that can not reach the host says so itself', async () => {
  await using between = await serveSocks({ to: 1, status: 4 });
  const { failure, observed } = await failureOf(through(at(between.port, { scheme: 'socks5h' })));
  expect(failure).toBe('proxy');
  expect(observed).toMatch(/can't reach meho\.example\.com:443: it finds the host unreachable/);
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['[2001:db8::1:2]', '20010db8000000000000000000010002'],
  ['[::ffff:10.1.2.3]', '00000000000000000000ffff0a010203'],
])('a SOCKS proxy gets %s as an address', async (host, asked) => {
  await using between = await serveSocks({ to: 1, status: 5 });
  await failureOf(through(at(between.port, { scheme: 'socks5h' }), { url: new URL(`https://${host}:6443/`) }));
  expect(between.asked).toEqual([`SOCKS ${asked}:6443`]);
});

test('where names are looked up here, a SOCKS proxy gets the address, and one that has none is no fault of it', async () => {
  await using between = await serveSocks({ to: 1, status: 5 });
  const proxy = at(between.port, { scheme: 'socks5' });
  const { failure } = await failureOf(through(proxy));
  await failureOf(through(proxy, { url: new URL('https://localhost:6443/') }));
  expect(failure).toBe('dns');
  expect(between.asked.join()).toMatch(/^SOCKS (127\.0\.0\.1|0{31}1):6443$/);
});

test('an https proxy with a certificate that nobody trusts is told as the proxy', async () => {
  const other = await createAuthority();
  const keyPair = await other.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  await using between = await serveProxy({ to: 1, keyPair });
  const proxy = at(between.port, { scheme: 'https', tls: { ca: [authority.certificatePem] } });
  const { failure, observed } = await failureOf(through(proxy));
  expect(failure).toBe('proxy');
  expect(observed).toMatch(/certificate of the proxy .* CA that is not trusted/);
});

test('an https proxy with a certificate for another name is told with both names', async () => {
  const keyPair = await authority.issue({ dnsNames: ['proxy.example.com'] });
  await using between = await serveProxy({ to: 1, keyPair });
  const tls = { ca: [authority.certificatePem], servername: 'api.example.com' };
  const { failure, observed } = await failureOf(through(at(between.port, { scheme: 'https', tls })));
  expect(failure).toBe('proxy');
  expect(observed).toMatch(
    /^the certificate of the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) is not for api\.example\.com$/,
  );
});

test.each<[string, NameRules, ServerNames]>([
  ['a star for a part of a label', 'curl', { dnsNames: ['pro*.example.com'] }],
  ['a star for a part of a label', 'go', { dnsNames: ['pro*.example.com'] }],
  ['a common name alone', 'go', { dnsNames: [], commonNames: ['proxy.example.com'] }],
])('an https proxy with %s in its certificate is not taken, by the rules of %s', async (_, nameRules, names) => {
  await using between = await serveProxy({ to: 1, keyPair: await authority.issue(names) });
  const tls = { ca: [authority.certificatePem], servername: 'proxy.example.com', nameRules };
  const proxy = at(between.port, { scheme: 'https', tls });
  for (const url of ['https://meho.example.com/', 'http://meho.example.com/']) {
    const { failure, observed } = await failureOf(through(proxy, { url: new URL(url) }));
    expect(failure).toBe('proxy');
    expect(observed).toMatch(
      /^the certificate of the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) is not for proxy\.example\.com/,
    );
  }
  expect(between.asked).toEqual([]);
});

describe('plain http', () => {
  const url = new URL('http://meho.example.com/version?a=b');

  test.each(['http', 'https'] as const)('is handed whole to an %s proxy', async (scheme) => {
    await using server = await serveHttp((request, response) => response.end(`${request.headers.host}${request.url}`));
    const keyPair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
    await using between = await serveProxy({ to: server.port, ...(scheme === 'https' ? { keyPair } : {}) });
    const proxy = at(between.port, { scheme, tls: { ca: [authority.certificatePem] } });
    expect((await exchange(through(proxy, { url }))).body).toBe('meho.example.com/version?a=b');
    expect(between.asked).toEqual([`GET ${url.href}`]);
  });

  test('goes through a tunnel where the connection is to go elsewhere than the URL says, as with curl', async () => {
    await using server = await serveHttp((request, response) => response.end(request.headers.host));
    await using between = await serveProxy({ to: server.port });
    const connectTo = { host: '10.1.2.3', port: 8080 };
    expect((await exchange(through(at(between.port), { url, connectTo }))).body).toBe('meho.example.com');
    expect(between.asked).toEqual(['CONNECT 10.1.2.3:8080']);
  });

  test('a proxy that wants a login is told as the proxy', async () => {
    await using between = await serveProxy({ to: 1, login: 'ann:secret' });
    const { failure, observed } = await failureOf(through(at(between.port), { url }));
    expect(failure).toBe('proxy-denied');
    expect(observed).toMatch(/wants a user and a password \(407\)/);
  });

  test.each(['http', 'https'] as const)('an %s proxy that is not there is told as the proxy', async (scheme) => {
    const { failure, message } = await failureOf(through(at(await closedPort(), { scheme }), { url }));
    expect(failure).toBe('proxy');
    expect(message).toMatch(/^the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) refused the connection; check HTTPS_PROXY/);
  });

  test('a stream comes through as well', async () => {
    await using server = await serveHttp((_, response) => response.end('line\n'));
    await using between = await serveProxy({ to: server.port });
    const stream = await openStream(through(at(between.port), { url }));
    expect(await stream.setEncoding('utf8').toArray()).toEqual(['line\n']);
  });
});
