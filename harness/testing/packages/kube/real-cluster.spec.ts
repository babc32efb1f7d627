import { exchange } from '@meho/core/http/exchange';
import { holds, notYet, WaitError } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { configMaps, namespaces, type Pod, pods } from '@meho/kube/api/resource';
import { waitForObjects } from '@meho/kube/watch/wait-for-objects';
import { waitForEndingPods } from '@meho/kube/workloads/ending-pods';
import { createNamespace, deleteNamespace } from '@meho/kube/workloads/namespace';
import { podLog } from '@meho/kube/workloads/pod-log';
import { forwardPort } from '@meho/kube/workloads/port-forward';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealCluster, realCluster } from '../../real-cluster.ts';

let real: RealCluster;
let api: KubeApi;

beforeAll(async () => {
  real = await realCluster();
  api = real.api;
}, 900_000);
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

async function netexec(namespace: string): Promise<void> {
  const pod: Pod = {
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [
        { name: 'web', image: real.agnhost.reference, imagePullPolicy: 'Never', args: ['netexec', '--http-port=8080'] },
      ],
    },
  };
  await api.create(pods, namespace, pod);
  const isRunning = ([found]: readonly Pod[]) =>
    found?.status?.containerStatuses?.[0]?.ready === true ? holds(undefined) : notYet(found?.status?.phase ?? 'no pod');
  const scope = { namespace, labels: 'app=web' };
  await waitForObjects(api, 'pod web to be ready', pods, scope, isRunning, { deadlineMs: 30_000 });
}

test('reads, writes and removes objects; what is not there is no error where that is fine', async () => {
  const namespace = await real.namespace();
  expect(await api.find(configMaps, namespace, 'settings')).toBeUndefined();
  await api.apply(configMaps, namespace, 'settings', { data: { a: '1' } });
  await api.apply(configMaps, namespace, 'settings', { data: { a: '2' } });
  expect((await api.get(configMaps, namespace, 'settings')).data).toEqual({ a: '2' });
  await api.patch(configMaps, namespace, 'settings', { metadata: { labels: { colour: 'blue' } } });
  const { items } = await api.listMetadata(configMaps, { namespace, labels: 'colour=blue' });
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(['settings']);
  expect(items[0]).not.toHaveProperty('data');
  await api.delete(configMaps, namespace, 'settings');
  await api.delete(configMaps, namespace, 'settings');
  await expect(api.get(configMaps, namespace, 'settings')).rejects.toMatchObject({ status: 404, reason: 'NotFound' });
});

test('a watch sees a change as it happens, and a deadline tells what was seen last', async () => {
  const namespace = await real.namespace();
  const scope = { namespace, labels: 'kind=watched' };
  const count = (wanted: number, deadlineMs: number) =>
    waitForObjects(
      api,
      `${wanted} objects`,
      configMaps,
      scope,
      (found) => (found.length === wanted ? holds(found.length) : notYet(`${found.length} objects`)),
      { deadlineMs },
    );
  const waiting = count(2, 20_000);
  await api.create(configMaps, namespace, { metadata: { name: 'one', labels: { kind: 'watched' } } });
  await api.create(configMaps, namespace, { metadata: { name: 'two', labels: { kind: 'watched' } } });
  expect(await waiting).toBe(2);
  const tooMany: unknown = await count(3, 500).catch((error: unknown) => error);
  expect(tooMany).toBeInstanceOf(WaitError);
  expect(tooMany).toMatchObject({ reason: 'deadline', lastObserved: '2 objects' });
});

test("a pod's port is reached through the API server, and its log is read", async () => {
  const namespace = await real.namespace();
  await netexec(namespace);
  await using forward = await forwardPort(api, namespace, 'web', 8080);
  const url = new URL(`http://127.0.0.1:${forward.port}/echo?msg=through`);
  expect(await exchange({ url, deadlineMs: 10_000 })).toMatchObject({ status: 200, body: 'through' });
  expect(await exchange({ url, deadlineMs: 10_000 })).toMatchObject({ status: 200 });
  expect(forward.failures).toEqual([]);
  expect(await podLog(api, namespace, 'web', { tailLines: 20 })).toContain('/echo?msg=through');
});

test('a port of a pod that is not there says why', async () => {
  const namespace = await real.namespace();
  await using forward = await forwardPort(api, namespace, 'none', 8080);
  await expect(exchange({ url: new URL(`http://127.0.0.1:${forward.port}/`), deadlineMs: 10_000 })).rejects.toThrow();
  expect(forward.failures.join()).not.toBe('');
});

test('a namespace goes with everything in it, and the wait ends when it is gone', async () => {
  const name = `spec-gone-${Date.now().toString(36)}`;
  await createNamespace(api, name, { purpose: 'spec' });
  await createNamespace(api, name, { purpose: 'again' });
  expect((await api.get(namespaces, undefined, name)).metadata?.labels).toMatchObject({ purpose: 'again' });
  await netexec(name);
  await deleteNamespace(api, name, { deadlineMs: 60_000 });
  expect(await api.find(namespaces, undefined, name)).toBeUndefined();
});

test('a pod that was told to stop is waited for while it is there, and named when it stays', async () => {
  const namespace = await real.namespace();
  const scope = { namespace, labels: 'app=staying' };
  const container = { name: 'staying', image: real.agnhost.reference, imagePullPolicy: 'Never' };
  const keeps = { finalizers: ['meho.io/test'] };
  await api.create(pods, namespace, {
    metadata: { name: 'staying', labels: { app: 'staying' }, ...keeps },
    spec: { automountServiceAccountToken: false, nodeSelector: { none: 'such' }, containers: [container] },
  });
  expect(await waitForEndingPods(api, scope, { deadlineMs: 10_000 })).toEqual([]);
  await api.delete(pods, namespace, 'staying');
  expect(await waitForEndingPods(api, scope, { deadlineMs: 500 })).toEqual(['staying']);
  const ending = waitForEndingPods(api, scope, { deadlineMs: 30_000 });
  await api.patch(pods, namespace, 'staying', { metadata: { finalizers: null } });
  expect(await ending).toEqual([]);
});
