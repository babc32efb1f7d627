import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FormBrowser } from './form-browser.ts';

const pages: Readonly<Record<string, (request: http.IncomingMessage) => [number, http.OutgoingHttpHeaders, string]>> = {
  '/form': () => [
    200,
    { 'set-cookie': ['seen=1; path=/', 'stale=1; path=/', 'stale=; expires=Thu, 01 Jan 1970 00:00:00 GMT'] },
    '<style>p{}</style><form method="post" action="/echo"><input name="hidden" value="a&amp;b"/><input name="user"></form>',
  ],
  '/echo': ({ headers }) => [303, { location: `/shown?${headers.cookie}` }, ''],
  '/shown': () => [200, {}, '<p>done</p>'],
  '/away': () => [302, { location: 'https://elsewhere.example.com/' }, ''],
  '/loop': () => [302, { location: '/loop' }, ''],
};
const seen: string[] = [];
const server = http.createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  seen.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`.trim());
  const [status, headers, body] = pages[request.url?.split('?')[0] ?? '']?.(request) ?? [404, {}, 'not found'];
  response.writeHead(status, headers).end(body);
});
let origin: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function browserAt(path: string): FormBrowser {
  return new FormBrowser(`${origin}${path}`, {
    ca: '',
    connectTo: { host: '127.0.0.1', port: Number(new URL(origin).port) },
  });
}

test('sends a form with its hidden fields, keeps cookies and follows the redirect', async () => {
  const browser = browserAt('/form');
  await browser.open();
  expect(browser.asksFor('user')).toBe(true);
  expect(browser.asksFor('password')).toBe(false);
  await browser.submit({ user: 'one' });
  expect(seen).toContain('POST /echo hidden=a%26b&user=one');
  expect(seen.at(-1)).toBe('GET /shown?seen=1');
  expect(browser.text).toBe('done');
});

test('never leaves the site it began on', async () => {
  await expect(browserAt('/away').open()).rejects.toThrow(/it led to https:\/\/elsewhere\.example\.com/);
});

test('gives up on a circle of redirects', async () => {
  await expect(browserAt('/loop').open()).rejects.toThrow(/more than 10 redirects/);
});

test('says what a page shows that has no form', async () => {
  const browser = browserAt('/nowhere');
  await browser.open();
  await expect(browser.submit()).rejects.toThrow(/a form at \/nowhere.*status 404.*not found/);
});
