import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveHttp } from '@meho/core/http/testing/local-server';
import { expect, test } from 'vitest';
import { KubeApi } from './api.ts';
import { configMaps } from './resource.ts';

const identity = { credentials: async () => ({}), impersonate: {} };

/** Honours `limit` and `continue`. */
async function serveList(count: number, { dataBytes = 10, deadlineMs = 9000, instead }: Served = {}) {
  const asked: string[] = [];
  const server = await serveHttp((request, response) => {
    const query = new URL(request.url ?? '', 'http://stub').searchParams;
    const [limit, from] = [Number(query.get('limit')), Number(query.get('continue') ?? 0)];
    asked.push(`${limit} from ${from}`);
    if (instead?.(request, response, asked.length) === true) {
      return;
    }
    const until = Math.min(count, limit === 0 ? count : from + limit);
    const items = Array.from({ length: until - from }, (_, index) => ({
      metadata: { name: `map-${from + index}`, managedFields: [{ manager: 'm'.repeat(100) }] },
      data: { text: 'x'.repeat(dataBytes) },
    }));
    const metadata = { resourceVersion: '7', ...(until < count ? { continue: String(until) } : {}) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'ConfigMapList', metadata, items }));
  });
  const api = new KubeApi(
    { ...{ server: new URL(`http://127.0.0.1:${server.port}`), identity, tls: {}, description: 'lab' } },
    deadlineMs,
  );
  return { asked, api, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

interface Served {
  readonly dataBytes?: number;
  /** Below the test's own. */
  readonly deadlineMs?: number;
  readonly instead?: Instead;
}

type Instead = (request: IncomingMessage, response: ServerResponse, number: number) => boolean;

const says = (response: ServerResponse, status: number, body: object) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
};

test('a list of 1,234 objects comes whole, 500 at a time, without what nobody reads', async () => {
  await using server = await serveList(1234);
  const { items, resourceVersion } = await server.api.list(configMaps, {});
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(Array.from({ length: 1234 }, (_, at) => `map-${at}`));
  expect(items[0]?.metadata).toEqual({ name: 'map-0' });
  expect(resourceVersion).toBe('7');
  expect(server.asked).toEqual(['500 from 0', '500 from 500', '500 from 1000']);
});

test('objects that are too large together are asked for in fewer', async () => {
  await using server = await serveList(20, { dataBytes: 1_000_000 });
  const { items } = await server.api.list(configMaps, {});
  expect(items).toHaveLength(20);
  expect(server.asked).toEqual(['500 from 0', '50 from 0', '5 from 0', '5 from 5', '5 from 10', '5 from 15']);
});

test('one object alone may be larger than a page', async () => {
  await using server = await serveList(2, { dataBytes: 12_000_000 });
  const { items } = await server.api.list(configMaps, {});
  expect(items).toHaveLength(2);
  expect(server.asked.slice(3)).toEqual(['1 from 0', '1 from 1']);
});

test('a deadline that ends in a smaller page is told as that of the list', async () => {
  await using server = await serveList(20, {
    dataBytes: 1_000_000,
    deadlineMs: 3000,
    instead: (request) => request.url?.endsWith('limit=50') === true,
  });
  await expect(server.api.list(configMaps, {})).rejects.toThrow(
    'sent 0 objects within 3 s, and that was not the end of the list',
  );
});

test('a server that has forgotten the moment of the list is asked anew', async () => {
  const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'The provided continue parameter is too old' };
  await using server = await serveList(600, {
    instead: (_, response, number) => number === 2 && says(response, 410, gone),
  });
  const { items } = await server.api.list(configMaps, {});
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(Array.from({ length: 600 }, (_, at) => `map-${at}`));
});

test('one that always forgets it is asked three times', async () => {
  const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  await using server = await serveList(600, {
    instead: (_, response, number) => number % 2 === 0 && says(response, 410, gone),
  });
  await expect(server.api.list(configMaps, {})).rejects.toThrow('410 Expired');
  expect(server.asked).toHaveLength(6);
});

const endless = (items: readonly object[], next: string) => ({
  kind: 'ConfigMapList',
  metadata: { continue: next },
  items,
});

test.for<[string, (number: number) => object, string]>([
  ['without a further object', (number) => endless([], String(number)), 'a list that is said to go on, and does not'],
  ['at the same place', () => endless([{ metadata: {} }], 'same'), 'a list that is said to go on, and does not'],
  [
    'with ever more',
    (number) => endless([{ metadata: { name: 'x'.repeat(4_000_000) } }], String(number)),
    'a list of more than 64 MiB',
  ],
])('a list that goes on %s is none', async ([, answer, observed]) => {
  await using server = await serveList(1, {
    instead: (_, response, number) => says(response, 200, answer(number)),
  });
  await expect(server.api.list(configMaps, {})).rejects.toThrow(`is not the Kubernetes API: it sends ${observed}`);
});

test('all pages together have the deadline of one call', async () => {
  await using server = await serveList(1, {
    deadlineMs: 5000,
    instead: (_, response, number) => {
      setTimeout(() => says(response, 200, endless([{ metadata: { name: `${number}` } }], `${number}`)), 300);
      return true;
    },
  });
  const started = performance.now();
  await expect(server.api.list(configMaps, {})).rejects.toThrow(
    /sent \d+ objects within 5 s, and that was not the end of the list/,
  );
  expect(performance.now() - started).toBeLessThan(6500);
});
