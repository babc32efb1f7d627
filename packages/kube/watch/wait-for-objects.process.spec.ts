import type { ServerResponse } from 'node:http';
import { Hiccups } from '@meho/core/http/hiccups';
import { holds, notYet } from '@meho/core/wait/wait-for';
import { describe, expect, test } from 'vitest';
import { configMaps, namespaces } from '../api/resource.ts';
import { serveUnrulyApi, type UnrulyOptions } from '../testing/unruly-api-server.ts';
import { deleteNamespace } from '../workloads/namespace.ts';
import { waitForRollout } from '../workloads/rollout.ts';
import { waitForObjects } from './wait-for-objects.ts';

const settings = '/api/v1/namespaces/ci/configmaps/settings';
const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

/** Waits for an object that lists have after 1 s. */
async function measureWait(unruly: UnrulyOptions, { deadlineMs = 9000, listedAfterMs = 1000 } = {}) {
  await using server = await serveUnrulyApi(unruly);
  const hiccups = new Hiccups();
  const started = performance.now();
  const timer = setTimeout(() => server.put(settings, { metadata: { name: 'settings' } }), listedAfterMs);
  const outcome = await hiccups.during(() =>
    waitForObjects(
      server.api,
      'the settings',
      configMaps,
      { namespace: 'ci' },
      (found) => (found.length > 0 ? holds('there') : notYet('none')),
      { deadlineMs },
    ).catch((error: unknown) => error),
  );
  clearTimeout(timer);
  return { outcome, tookMs: performance.now() - started, asked: server.requests.length, line: hiccups.line };
}

describe.concurrent('a watch that tells nothing costs seconds and no verdict', () => {
  const flood = (response: ServerResponse) => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const more = () => {
      while (!response.destroyed && response.write(chunk)) {
        // Until the buffer is full.
      }
    };
    response.on('drain', more);
    more();
  };
  test.each<[string, UnrulyOptions]>([
    ['silent', {}],
    ['of bookmarks only', { watch: (response) => response.write(event('BOOKMARK', { metadata: {} })) }],
    ['that ends at once', { watch: (response) => response.end() }],
    ['that breaks off', { watch: (response) => response.socket?.destroy() }],
    ['of an ERROR event', { watch: (response) => response.write(event('ERROR', { kind: 'Status', code: 410 })) }],
    ['of HTML', { watch: (response) => response.end('<html>\n') }],
    ['of half a line', { watch: (response) => response.write('{"type":"ADD') }],
    ['of something else', { watch: (response) => response.write(event('ADDED', { metadata: 7 })) }],
    ['whose line never ends', { watch: flood }],
    ['gone', { trouble: ({ query }) => (query.has('watch') ? { status: 410 } : undefined) }],
    ['forbidden', { trouble: ({ query }) => (query.has('watch') ? { status: 403 } : undefined) }],
    ['without a head', { trouble: ({ query }) => (query.has('watch') ? 'silence' : undefined) }],
  ])('%s', async (_, unruly) => {
    const { outcome, tookMs, asked } = await measureWait(unruly);
    expect(outcome).toBe('there');
    expect(tookMs).toBeLessThan(5500);
    // No hot loop: a list and a watch per second at most.
    expect(asked).toBeLessThan(12);
  });

  test('and one that is none is said', async () => {
    const { line } = await measureWait({ watch: (response) => response.end('<html>\n') });
    expect(line).toMatch(/^a watch of the API server was passed over: it sends a line that is no JSON/);
  });
});

test('a watch that works is quicker than the next list', async () => {
  const object = { metadata: { name: 'settings', uid: 'u' } };
  const { outcome } = await measureWait(
    { watch: (response) => setTimeout(() => response.write(event('ADDED', object)), 200) },
    { listedAfterMs: 60_000 },
  );
  expect(outcome).toBe('there');
});

test('a list that has trouble in between is asked again', async () => {
  const { outcome } = await measureWait({
    trouble: ({ query }, count) => (!query.has('watch') && count > 1 && count < 5 ? 'reset' : undefined),
    watch: (response) => response.end(),
  });
  expect(outcome).toBe('there');
});

test('what was seen last is told at the deadline, with the trouble after it', async () => {
  await using server = await serveUnrulyApi({
    trouble: (_, count) => (count > 1 ? { status: 403, body: '{"kind":"Status","reason":"Forbidden"}' } : undefined),
  });
  const probe = () => notYet('0 of 1 ready');
  const wait = waitForObjects(server.api, 'it', configMaps, { namespace: 'ci' }, probe, { deadlineMs: 2500 });
  await expect(wait).rejects.toThrow(/last seen: 0 of 1 ready; then GET .*403 Forbidden/);
});

test('a Deployment that is ready after 3 s is ready, though its watch is silent', async () => {
  await using server = await serveUnrulyApi();
  const place = '/apis/apps/v1/namespaces/ci/deployments/meho';
  const deployment = (readyReplicas: number) => ({
    metadata: { name: 'meho', generation: 1 },
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'meho', image: 'meho:1' }] } } },
    status: {
      ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas, availableReplicas: readyReplicas },
      conditions: [{ type: 'Available', status: readyReplicas === 1 ? 'True' : 'False' }],
    },
  });
  server.put(place, deployment(0));
  const timer = setTimeout(() => server.put(place, deployment(1)), 3000);
  const rollouts = await waitForRollout(server.api, { namespace: 'ci' }, { deadlineMs: 9000 });
  clearTimeout(timer);
  expect(rollouts).toEqual([{ name: 'meho', replicas: 1, image: 'meho:1' }]);
});

describe.concurrent('a namespace is removed', () => {
  const ci = '/api/v1/namespaces/ci';
  const ours = { metadata: { name: 'ci', uid: 'ours' } };

  test.each<[string, UnrulyOptions['trouble']]>([
    ['429 on the deletion', ({ method }, count) => (method === 'DELETE' && count < 3 ? { status: 429 } : undefined)],
    ['500 on the deletion', ({ method }, count) => (method === 'DELETE' && count < 3 ? { status: 500 } : undefined)],
    ['a reset of the deletion', ({ method }, count) => (method === 'DELETE' && count < 3 ? 'reset' : undefined)],
    [
      'a lost answer',
      ({ method }, count) => (method === 'DELETE' && count < 3 ? 'reset after it was done' : undefined),
    ],
    ['503 for everything', (_, count) => (count < 6 ? { status: 503 } : undefined)],
    ['trouble with what is asked after it', (_, count) => (count > 2 && count < 7 ? { status: 500 } : undefined)],
  ])('despite %s', async (_, trouble) => {
    await using server = await serveUnrulyApi({ ...(trouble === undefined ? {} : { trouble }) });
    server.put(ci, ours);
    await deleteNamespace(server.api, 'ci', { uid: 'ours', deadlineMs: 8000 });
    expect(server.objects.has(ci)).toBe(false);
  });

  test('that takes 3 s to go is gone, though its watch is silent', async () => {
    await using server = await serveUnrulyApi({ namespacesTakeMs: 3000 });
    server.put(ci, ours);
    const started = performance.now();
    await deleteNamespace(server.api, 'ci', { uid: 'ours', deadlineMs: 9000 });
    expect(performance.now() - started).toBeLessThan(8000);
    expect(server.objects.has(ci)).toBe(false);
  });

  test('and one that is made anew under its name in between is left alone, also where no uid was given', async () => {
    await using server = await serveUnrulyApi({
      trouble: ({ method }) => {
        const isFirst = method === 'DELETE' && server.objects.get(ci)?.metadata.uid === 'ours';
        if (isFirst) {
          server.objects.delete(ci);
          server.put(ci, { metadata: { name: 'ci', uid: 'theirs' } });
        }
        return isFirst ? 'reset' : undefined;
      },
    });
    server.put(ci, ours);
    await deleteNamespace(server.api, 'ci', { deadlineMs: 8000 });
    expect(server.objects.get(ci)?.metadata.uid).toBe('theirs');
  });

  test('within its deadline, whatever keeps its pods from being told to end', async () => {
    await using server = await serveUnrulyApi({
      namespacesTakeMs: 60_000,
      trouble: ({ path, method }) => (path.endsWith('/pods') && method === 'GET' ? 'silence' : undefined),
    });
    server.put(ci, ours);
    const started = performance.now();
    await expect(deleteNamespace(server.api, 'ci', { uid: 'ours', deadlineMs: 1500 })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  test('within its deadline, and at once on a signal', async () => {
    await using server = await serveUnrulyApi({ trouble: () => ({ status: 503 }) });
    const started = performance.now();
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('interrupted')), 300);
    const options = { uid: 'ours', deadlineMs: 8000, signal: stop.signal };
    await expect(deleteNamespace(server.api, 'ci', options)).rejects.toThrow('interrupted');
    await expect(deleteNamespace(server.api, 'ci', { uid: 'ours', deadlineMs: 1500 })).rejects.toThrow('503');
    expect(performance.now() - started).toBeLessThan(7_000);
  });
});

test('namespaces are listed again while one of them is waited for', async () => {
  await using server = await serveUnrulyApi();
  server.put('/api/v1/namespaces/ci', { metadata: { name: 'ci' } });
  expect((await server.api.list(namespaces, { fields: 'metadata.name=ci' })).items).toHaveLength(1);
});
