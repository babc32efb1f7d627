import { serveHttps } from '@meho/core/http/testing/local-server';
import { createAuthority } from '@meho/core/testing/authority';
import { ValuesError } from '@meho/helm/render';
import { KubeApi } from '@meho/kube/api/api';
import type { Job } from '@meho/kube/api/resource';
import { listKindOf } from '@meho/kube/testing/list-kind';
import { expect, test } from 'vitest';
import { FailedRelease, watchRelease } from './release-watch.ts';

const failed = (uid: string, name: string): Job => ({
  metadata: { name, uid },
  status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] },
});

async function namespaceWith(jobs: Job[]) {
  const authority = await createAuthority();
  const pair = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  const server = await serveHttps(pair, (request, response) => {
    const items = request.url?.includes('/jobs') === true ? jobs : [];
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ kind: listKindOf(request), metadata: {}, items }));
  });
  const api = new KubeApi({
    server: new URL(`https://127.0.0.1:${server.port}`),
    tls: { ca: [authority.certificatePem] },
    identity: { credentials: async () => ({}), impersonate: {} },
    description: 'a test',
  });
  const close = async () => {
    api[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  };
  return { watch: { api, namespace: 'ns', release: 'meho', helm: 'no-such-helm' }, [Symbol.asyncDispose]: close };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const objectsOf = (error: unknown) => (error instanceof FailedRelease ? error.causes.map(({ object }) => object) : []);

test('what this attempt has left explains why helm failed, not what an earlier one has', async () => {
  const jobs = [failed('old', 'earlier')];
  await using namespace = await namespaceWith(jobs);
  const error = await failureOf(
    watchRelease(namespace.watch, async () => {
      jobs.push(failed('new', 'present'));
      throw new Error('hooks failed');
    }),
  );
  expect(objectsOf(error)).toEqual(['Job present']);
  expect(String(error)).toContain('hooks failed');
});

test('an earlier one explains it where there is nothing else', async () => {
  await using namespace = await namespaceWith([failed('old', 'earlier')]);
  const error = await failureOf(watchRelease(namespace.watch, () => Promise.reject(new Error('timed out'))));
  expect(objectsOf(error)).toEqual(['Job earlier']);
});

test('values that the chart refuses are told as that, whatever an earlier attempt has left', async () => {
  await using namespace = await namespaceWith([failed('old', 'earlier')]);
  const refused = new ValuesError('charts/meho', [{ path: '/image/tag', message: 'must not be empty' }]);
  expect(await failureOf(watchRelease(namespace.watch, () => Promise.reject(refused)))).toBe(refused);
});

test('a cause that has lasted ends helm, and is told in the place of its words', async () => {
  const jobs: Job[] = [];
  await using namespace = await namespaceWith(jobs);
  const error = await failureOf(
    watchRelease(namespace.watch, (signal) => {
      jobs.push(failed('new', 'present'));
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }),
  );
  expect(error).toMatchObject({ name: 'StalledRelease' });
  expect(objectsOf(error)).toEqual(['Job present']);
});
