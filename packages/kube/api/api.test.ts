import { Hiccups } from '@meho/core/http/hiccups';
import { describe, expect, test } from 'vitest';
import { serveUnrulyApi, type Trouble, type UnrulyApi, type UnrulyRequest } from '../testing/unruly-api-server.ts';
import { configMaps, deployments, namespaces, secrets } from './resource.ts';

const ci = '/api/v1/namespaces/ci';
const settings = `${ci}/configmaps/settings`;

/** How the server fails a method's first requests, in order. */
function first(method: string, ...troubles: readonly Trouble[]) {
  const left = [...troubles];
  return (request: UnrulyRequest) => (request.method === method ? left.shift() : undefined);
}

const reads: readonly (readonly [string, (server: UnrulyApi) => Promise<unknown>])[] = [
  ['get', ({ api }) => api.get(namespaces, undefined, 'ci')],
  ['find', ({ api }) => api.find(namespaces, undefined, 'ci')],
  ['list', ({ api }) => api.list(namespaces, {})],
  ['list of metadata', ({ api }) => api.listMetadata(namespaces, {})],
  ['text', ({ api }) => api.text(ci)],
];

describe.concurrent('reading is asked again', () => {
  const troubles: readonly (readonly [string, Trouble, string])[] = [
    ['429', { status: 429, headers: { 'retry-after': '1' } }, 'said 429 once'],
    ['500', { status: 500 }, 'said 500 once'],
    ['a reset', 'reset', 'closed the connection once'],
  ];
  test.each(
    reads.flatMap(([what, read]) => troubles.map(([name, trouble, said]) => [what, name, read, trouble, said])),
  )('%s after %s', async (...[, , read, trouble, said]) => {
    await using server = await serveUnrulyApi({ trouble: first('GET', trouble as Trouble) });
    server.put(ci, { metadata: { name: 'ci' } });
    const hiccups = new Hiccups();
    await hiccups.during(() => (read as (of: UnrulyApi) => Promise<unknown>)(server));
    expect(server.requests).toHaveLength(2);
    expect(hiccups.line).toContain(`the API server ${said}, answered after`);
  });

  test('after JSON that breaks off', async () => {
    await using server = await serveUnrulyApi({ trouble: first('GET', 'half an answer') });
    server.put(ci, { metadata: { name: 'ci' } });
    expect((await server.api.list(namespaces, {})).items).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  test('but not by who looks again by itself', async () => {
    await using server = await serveUnrulyApi({ trouble: first('GET', { status: 503 }) });
    await expect(server.api.text('/readyz', { isAskedOnce: true })).rejects.toThrow('503 Service Unavailable');
    expect(server.requests).toHaveLength(1);
  });
});

describe.concurrent('a creation', () => {
  const body = { metadata: { name: 'ci', annotations: { run: 'a' } } };

  test.each([
    ['refused with 429', { status: 429 }, ['POST', 'POST']],
    ['that came to nothing', 'reset', ['POST', 'GET', 'POST']],
    ['answered 500 that came to nothing', { status: 500 }, ['POST', 'GET', 'POST']],
    ['whose answer is lost', 'reset after it was done', ['POST', 'GET']],
  ] as const)('%s is made once', async (_, trouble, methods) => {
    await using server = await serveUnrulyApi({ trouble: first('POST', trouble) });
    const made = await server.api.create(namespaces, undefined, body);
    expect(made.metadata?.uid).toBe(server.objects.get(ci)?.metadata.uid);
    expect(server.requests.map((asked) => asked.split(' ')[0])).toEqual(methods);
  });

  test('in the place of which somebody else has made one is refused', async () => {
    const theirs = { metadata: { name: 'ci', annotations: { run: 'b' } } };
    await using server = await serveUnrulyApi({
      trouble: ({ method }) => {
        const isFirst = method === 'POST' && server.objects.size === 0;
        if (isFirst) {
          server.put(ci, theirs);
        }
        return isFirst ? 'reset' : undefined;
      },
    });
    await expect(server.api.create(namespaces, undefined, body)).rejects.toThrow('409 AlreadyExists');
  });

  test('without labels is known by what it holds, also as a Secret keeps it', async () => {
    await using server = await serveUnrulyApi({
      trouble: ({ method }) => {
        const isFirst = method === 'POST' && server.objects.size === 0;
        if (isFirst) {
          server.put(`${ci}/secrets/db`, { metadata: { name: 'db' }, data: { url: 'c2VjcmV0' }, type: 'Opaque' });
        }
        return isFirst ? 'reset' : undefined;
      },
    });
    await server.api.create(secrets, 'ci', { metadata: { name: 'db' }, stringData: { url: 'secret' } });
    await expect(
      server.api.create(secrets, 'ci', { metadata: { name: 'db' }, stringData: { url: 'other' } }),
    ).rejects.toThrow('409');
  });

  test('as a dry run keeps nothing, and is asked again', async () => {
    await using server = await serveUnrulyApi({ trouble: first('POST', 'reset') });
    await server.api.create(namespaces, undefined, body, { dryRun: true });
    expect(server.requests).toEqual(['POST /api/v1/namespaces', 'POST /api/v1/namespaces']);
  });
});

describe.concurrent('a patch', () => {
  test.each([
    ['that came to nothing is made upon what was seen', 'reset', ['PATCH', 'GET', 'PATCH']],
    ['whose answer is lost is made once', 'reset after it was done', ['PATCH', 'GET']],
  ] as const)('%s', async (_, trouble, methods) => {
    await using server = await serveUnrulyApi({ trouble: first('PATCH', trouble) });
    server.put(settings, { metadata: { name: 'settings' }, data: { a: '1' } });
    const patched = await server.api.patch(configMaps, 'ci', 'settings', { data: { a: '2' } });
    expect(patched.data).toEqual({ a: '2' });
    expect(server.requests.map((asked) => asked.split(' ')[0])).toEqual(methods);
  });

  test('is refused where somebody else has changed the object since it was looked at', async () => {
    await using server = await serveUnrulyApi({
      trouble: ({ method }, count) => {
        if (method === 'PATCH' && count === 3) {
          server.put(settings, { metadata: { name: 'settings' }, data: { a: 'theirs' } });
        }
        return count === 1 ? 'reset' : undefined;
      },
    });
    server.put(settings, { metadata: { name: 'settings' }, data: { a: '1' } });
    await expect(server.api.patch(configMaps, 'ci', 'settings', { data: { a: '2' } })).rejects.toThrow('409 Conflict');
  });
});

describe.concurrent('a deletion', () => {
  test.each([
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['a reset', 'reset'],
    ['a lost answer', 'reset after it was done'],
  ] as const)('after %s is repeated', async (_, trouble) => {
    await using server = await serveUnrulyApi({ trouble: first('DELETE', trouble) });
    server.put(ci, { metadata: { name: 'ci', uid: 'ours' } });
    await server.api.delete(namespaces, undefined, 'ci', { uid: 'ours' });
    expect(server.objects.has(ci)).toBe(false);
    expect(server.requests).toEqual([`DELETE ${ci}`, `DELETE ${ci}`]);
  });

  test.each([
    ['with a uid', { uid: 'ours' }],
    ['without one', {}],
  ])('%s never meets another object of the same name', async (_, options) => {
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
    server.put(ci, { metadata: { name: 'ci', uid: 'ours' } });
    await server.api.delete(namespaces, undefined, 'ci', options);
    expect(server.objects.get(ci)?.metadata.uid).toBe('theirs');
  });

  test('that is refused with 409 though it is still there is refused', async () => {
    const body = '{"kind":"Status","reason":"Conflict","message":"not now"}';
    await using server = await serveUnrulyApi({
      trouble: ({ method }) => (method === 'DELETE' ? { status: 409, body } : undefined),
    });
    server.put(ci, { metadata: { name: 'ci', uid: 'ours' } });
    await expect(server.api.delete(namespaces, undefined, 'ci', { uid: 'ours' })).rejects.toThrow('409 Conflict');
    server.put(ci, { metadata: { name: 'ci', uid: 'ours', deletionTimestamp: '2026-11-30T10:00:00Z' } });
    await server.api.delete(namespaces, undefined, 'ci', { uid: 'ours' });
  });

  test('that is answered with a web page is looked for', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>log in' };
    await using server = await serveUnrulyApi({
      trouble: ({ method }) => (method === 'DELETE' ? page : undefined),
    });
    await server.api.delete(namespaces, undefined, 'ci', { uid: 'ours' });
    server.put(ci, { metadata: { name: 'ci', uid: 'ours' } });
    await expect(server.api.delete(namespaces, undefined, 'ci', { uid: 'ours' })).rejects.toThrow(
      'is not the Kubernetes API',
    );
  });

  test('goes on where the server is away, as long as it is told to', async () => {
    const server = await serveUnrulyApi();
    const started = performance.now();
    await server[Symbol.asyncDispose]();
    const options = { uid: 'ours', persistForMs: 2500 };
    await expect(server.api.delete(namespaces, undefined, 'ci', options)).rejects.toThrow('refused the connection');
    expect(performance.now() - started).toBeGreaterThan(1700);
  });
});

describe.concurrent('what is not the Kubernetes API is said to be none', () => {
  const html = { 'content-type': 'text/html' };
  const listed = (kind: string, items: readonly unknown[]) => ({ status: 200, body: JSON.stringify({ kind, items }) });
  test.each<[string, Trouble, string]>([
    ['a login page', { status: 200, headers: html, body: '<!DOCTYPE html><p>log in' }, 'it sends HTML'],
    ['nothing', { status: 200, body: '' }, 'it sends nothing'],
    ['null', { status: 200, body: 'null' }, 'it sends null'],
    ['a number', { status: 200, body: '7' }, 'it sends a number'],
    ['a list of its own', { status: 200, body: '[]' }, 'it sends a list'],
    ['another object', { status: 200, body: '{"ok":true}' }, 'it sends an object without a kind'],
    ['a list that is said to be none', { status: 200, body: '{"items":[]}' }, 'it sends an object without a kind'],
    ['a list of another kind', listed('PodList', []), 'it sends a PodList as a DeploymentList'],
    ['a kind alone', { status: 200, body: '{"kind":"DeploymentList"}' }, 'it sends an object without items'],
    [
      'a part of a list that nothing follows',
      { status: 200, body: '{"kind":"DeploymentList","metadata":{"continue":"abc"},"items":[]}' },
      'it sends a list that is said to go on, and does not',
    ],
    ['another kind', { status: 200, body: '{"kind":"Status","items":[]}' }, 'it sends a Status as a DeploymentList'],
    ['items that are none', listed('DeploymentList', [null]), 'it sends items that are no objects'],
    [
      'members of another type',
      listed('DeploymentList', [{ metadata: {}, status: { conditions: 'none' } }]),
      'in the Deployment that it sends, status.conditions is no list',
    ],
    ['a redirect', { status: 302, headers: { location: 'https://login.example.com' } }, 'it answers 302 Found'],
    ['a 404 of its own', { status: 404, headers: html, body: '<html>nginx' }, 'it sends 404 with HTML'],
  ])('%s', async (_, trouble, observed) => {
    await using server = await serveUnrulyApi({ trouble: () => trouble });
    await expect(server.api.list(deployments, {})).rejects.toThrow(
      `what answers at http://127.0.0.1:${server.port} is not the Kubernetes API: ${observed}`,
    );
  });

  test('a gateway’s 404 is no object that is gone', async () => {
    await using server = await serveUnrulyApi({ trouble: () => ({ status: 404, headers: html, body: '<html>' }) });
    await expect(server.api.find(namespaces, undefined, 'ci')).rejects.toThrow('is not the Kubernetes API');
    await expect(server.api.delete(namespaces, undefined, 'ci', { uid: 'u' })).rejects.toThrow('is not the Kubernetes');
  });
});

test('a status of 500 that carries another code is a 500', async () => {
  const body = '{"kind":"Status","code":404,"reason":"NotFound"}';
  await using server = await serveUnrulyApi({ trouble: () => ({ status: 501, body }) });
  await expect(server.api.find(namespaces, undefined, 'ci')).rejects.toThrow('501 NotFound');
});
