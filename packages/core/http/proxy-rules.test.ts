import { describe, expect, test } from 'vitest';
import { type ProxyVariables, readNetworkEnvironment } from '../config/network.ts';
import { UsageError } from '../problem.ts';
import { routeAsInCurl } from './curl-route.ts';
import { hostAndPort } from './endpoint.ts';
import { exchange } from './exchange.ts';
import { proxyAsInCurl, proxyAsInGo, proxyOfKubeconfig } from './proxy-rules.ts';
import { curl, hasCurl } from './testing/curl.ts';
import { serveProxy } from './testing/proxy-server.ts';
import { TransportError } from './transport-error.ts';

/** Stands for the proxy that a test starts. */
const P = 'http://PROXY';

type Case = readonly [env: Readonly<Record<string, string>>, url: string, asked: string | undefined];

/** None of the hosts resolves or answers. */
const curlCases: readonly Case[] = [
  [{ https_proxy: P }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ HTTPS_PROXY: P }, 'https://meho.invalid:8443/', 'CONNECT meho.invalid:8443'],
  [{ HTTPS_PROXY: P }, 'https://127.0.0.1:1/', 'CONNECT 127.0.0.1:1'],
  [{ HTTPS_PROXY: P }, 'https://localhost:1/', 'CONNECT localhost:1'],
  [{ HTTPS_PROXY: P }, 'https://[::1]:1/', 'CONNECT [::1]:1'],
  [{ HTTPS_PROXY: P }, 'http://127.0.0.1:1/', undefined],
  [{ http_proxy: P }, 'http://127.0.0.1:1/a?b=c', 'GET http://127.0.0.1:1/a?b=c'],
  [{ http_proxy: P }, 'http://meho.invalid/', 'GET http://meho.invalid/'],
  [{ HTTP_PROXY: P }, 'http://127.0.0.1:1/', undefined],
  [{ ALL_PROXY: P }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ all_proxy: P }, 'http://meho.invalid/', 'GET http://meho.invalid/'],
  [{ ALL_PROXY: P, https_proxy: '' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ HTTPS_PROXY: 'PROXY' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ HTTPS_PROXY: 'http://a%40b:c%3ad@PROXY/path' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443 a@b:c:d'],
  [{ https_proxy: 'http://only@PROXY' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443 only:'],
  [{ https_proxy: P, NO_PROXY: 'meho.invalid' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: 'MEHO.invalid' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: 'invalid' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: '.invalid' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: '.meho.invalid' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: 'ho.invalid' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ https_proxy: P, NO_PROXY: '*.invalid' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ https_proxy: P, NO_PROXY: '*' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: 'a.example.com, *' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ https_proxy: P, NO_PROXY: 'a.example.com , meho.invalid' }, 'https://meho.invalid/', undefined],
  [{ https_proxy: P, NO_PROXY: '127.0.0.1:1' }, 'https://127.0.0.1:1/', 'CONNECT 127.0.0.1:1'],
  [{ https_proxy: P, NO_PROXY: '127.0.0.1' }, 'https://127.0.0.1:1/', undefined],
  [{ https_proxy: P, NO_PROXY: '127.0.0.0/8' }, 'https://127.0.0.1:1/', undefined],
  [{ https_proxy: P, NO_PROXY: '10.0.0.0/8' }, 'https://127.0.0.1:1/', 'CONNECT 127.0.0.1:1'],
  [{ https_proxy: P, NO_PROXY: '::1' }, 'https://[::1]:1/', undefined],
  [{ https_proxy: P, NO_PROXY: '[::1]' }, 'https://[::1]:1/', 'CONNECT [::1]:1'],
  [{ https_proxy: P, no_proxy: 'a.example.com', NO_PROXY: '*' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
  [{ https_proxy: P, REQUEST_METHOD: 'GET' }, 'https://meho.invalid/', 'CONNECT meho.invalid:443'],
];

describe.each(curlCases)('for the host, with %j, %s', (given, url, asked) => {
  const withProxy = (port: number) =>
    Object.fromEntries(Object.entries(given).map(([name, text]) => [name, text.replace('PROXY', `127.0.0.1:${port}`)]));

  test(asked === undefined ? 'no proxy is asked' : `the proxy is asked: ${asked}`, async () => {
    await using proxy = await serveProxy({ to: 1, status: 502 });
    const target = new URL(url);
    const route = routeAsInCurl(target, readNetworkEnvironment(withProxy(proxy.port)), []);
    await exchange({ url: target, ...route, deadlineMs: 5_000 }).catch((error) => {
      expect(error).toBeInstanceOf(TransportError);
    });
    expect(proxy.asked).toEqual(asked === undefined ? [] : [asked]);
  });

  test.runIf(hasCurl)('and curl asks the same', async () => {
    await using proxy = await serveProxy({ to: 1, status: 502 });
    await curl([url], withProxy(proxy.port));
    expect(proxy.asked).toEqual(asked === undefined ? [] : [asked]);
  });
});

const proxy = 'http://proxy.example.com:3128';

/** By Go's rules (golang.org/x/net/http/httpproxy), which kubectl and helm follow. */
test.each<readonly [env: ProxyVariables, url: string, by: string | undefined]>([
  [{ HTTPS_PROXY: proxy }, 'https://api.example.com:6443', 'proxy.example.com:3128'],
  [{ https_proxy: proxy }, 'https://api.example.com:6443', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, https_proxy: 'http://other' }, 'https://api.example.com', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: 'proxy.example.com:3128' }, 'https://api.example.com', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: 'http://proxy.example.com' }, 'https://api.example.com', 'proxy.example.com:80'],
  [{ HTTPS_PROXY: 'https://proxy.example.com' }, 'https://api.example.com', 'proxy.example.com:443'],
  [{ HTTPS_PROXY: 'socks5://proxy.example.com' }, 'https://api.example.com', 'proxy.example.com:1080'],
  [{ HTTPS_PROXY: 'http://[2001:db8::1]:3128' }, 'https://api.example.com', '[2001:db8::1]:3128'],
  [{ ALL_PROXY: proxy }, 'https://api.example.com', undefined],
  [{ HTTP_PROXY: proxy }, 'https://api.example.com', undefined],
  [{ HTTP_PROXY: proxy }, 'http://api.example.com:8080', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy }, 'https://localhost:6443', undefined],
  [{ HTTPS_PROXY: proxy }, 'https://127.0.0.1:6443', undefined],
  [{ HTTPS_PROXY: proxy }, 'https://127.8.9.1:6443', undefined],
  [{ HTTPS_PROXY: proxy }, 'https://[::1]:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, 'https://api.example.com', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, 'https://example.com', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '.example.com' }, 'https://example.com', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '*.example.com' }, 'https://api.example.com', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '*.example.com' }, 'https://example.com', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'ample.com' }, 'https://api.example.com', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'a.b, *' }, 'https://api.example.com', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'a.b example.com' }, 'https://api.example.com', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:6443' }, 'https://api.example.com:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:443' }, 'https://api.example.com', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:443' }, 'https://api.example.com:6443', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, 'https://10.1.2.3:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, 'https://11.1.2.3:6443', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/33' }, 'https://10.1.2.3:6443', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3:6443' }, 'https://10.1.2.3:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3:443' }, 'https://10.1.2.3:6443', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '2001:db8::/32' }, 'https://[2001:db8::5]:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '[2001:db8::5]:6443' }, 'https://[2001:db8::5]:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '2001:db8::5' }, 'https://[2001:db8::5]:6443', undefined],
  [{ HTTPS_PROXY: proxy, NO_PROXY: ':6443,,example.org:' }, 'https://api.example.com:6443', 'proxy.example.com:3128'],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'a.b', no_proxy: '*' }, 'https://api.example.com', 'proxy.example.com:3128'],
])('for the API server, with %j, %s goes by %s', (env, url, by) => {
  const found = proxyAsInGo(new URL(url), env);
  expect(found && hostAndPort(found.host, found.port)).toBe(by);
});

test('HTTP_PROXY that may come from a request is refused, as Go does it', () => {
  const env = { HTTP_PROXY: proxy, REQUEST_METHOD: 'GET' };
  expect(() => proxyAsInGo(new URL('http://api.example.com'), env)).toThrow(/^HTTP_PROXY: .*REQUEST_METHOD/);
});

describe.each([
  ['the API server', (text: string) => proxyAsInGo(new URL('https://api.example.com'), { HTTPS_PROXY: text })],
  ['the host', (text: string) => proxyAsInCurl(new URL('https://meho.example.com'), { HTTPS_PROXY: text })],
  ['a kubeconfig', (text: string) => proxyOfKubeconfig(text, 'HTTPS_PROXY')],
])('what names no proxy is refused by its name, for %s', (_, read) => {
  test.each([
    ['a scheme of no proxy', 'ftp://s3cret:s3cret@proxy.example.com'],
    ['SOCKS 4', 'socks4://s3cret@proxy.example.com:1080'],
    ['a port that is none', 'http://s3cret:s3cret@proxy.example.com:99999'],
    ['port 0', 'http://s3cret@proxy.example.com:0'],
    ['a port of letters', 'http://s3cret@proxy.example.com:abc'],
    ['blanks', 'http://s3cret@proxy example.com'],
    ['no host', 'http://s3cret@:3128'],
    ['an address that is none', 'http://[s3cret]:3128'],
    ['an escape that is none', 'http://s3cret:100%@proxy.example.com'],
  ])('%s', (__, text) => {
    expect(() => read(text)).toThrow(UsageError);
    expect(() => read(text)).toThrow(/^HTTPS_PROXY: expected the URL of a proxy, .*, but /);
    expect(() => read(text)).not.toThrow(/s3cret/);
  });
});

test('a kubeconfig names the scheme, as client-go wants it', () => {
  expect(() => proxyOfKubeconfig('proxy.example.com:3128', 'proxy-url')).toThrow(/^proxy-url: expected .*http:\/\//);
});
