import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '@meho/core/runs/temporary';
import { serveNamespace } from '@meho/helm/testing/record-server';
import { listKindOf } from '@meho/kube/testing/list-kind';
import { describe, expect, test } from 'vitest';
import { pendingLoadBalancers } from './load-balancers.ts';
import { watchRelease } from './release-watch.ts';

const at = { namespace: 'meho', release: 'meho' };
const annotations = { 'meta.helm.sh/release-name': 'meho' };
const balanced = { metadata: { name: 'meho', uid: 'u1', annotations }, spec: { type: 'LoadBalancer' } };

function serve(service: object, events: readonly object[] = []) {
  return serveNamespace({}, (request, response) => {
    const plural = /\/(services|events)(?:\?|$)/.exec(request.url ?? '')?.[1];
    if (plural === undefined) {
      return false;
    }
    const items = plural === 'services' ? [service] : events;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ kind: listKindOf(request), metadata: {}, items }));
    return true;
  });
}

async function causesOf(service: object, events: readonly object[] = []) {
  await using server = await serve(service, events);
  return await pendingLoadBalancers(server.api, at, AbortSignal.timeout(10_000));
}

describe('a Service of type LoadBalancer without an address', () => {
  test('that nothing has taken up is a cause after half a minute, with the way out', async () => {
    expect(await causesOf(balanced)).toMatchObject([
      {
        id: 'load-balancer-pending',
        object: 'Service meho',
        observed: 'type LoadBalancer without an address, and nothing in the cluster has taken it up',
        next: expect.stringContaining('set its type to ClusterIP'),
        graceMs: 30_000,
      },
    ]);
  });

  test.each<[string, object, readonly object[]]>([
    [
      'an event',
      balanced,
      [
        {
          metadata: { name: 'meho.1' },
          involvedObject: { kind: 'Service', name: 'meho', uid: 'u1' },
          reason: 'EnsuringLoadBalancer',
          message: 'Ensuring load balancer',
        },
      ],
    ],
    [
      'a finalizer',
      { ...balanced, metadata: { ...balanced.metadata, finalizers: ['service.kubernetes.io/load-balancer-cleanup'] } },
      [],
    ],
    ['a condition', { ...balanced, status: { conditions: [{ type: 'Allocated', status: 'False' }] } }, []],
  ])('that a controller has taken up, as %s shows, has the time that helm has', async (_, service, events) => {
    const [cause] = await causesOf(service, events);
    expect(cause?.graceMs).toBeGreaterThan(300_000);
    expect(cause?.observed).toMatch(/EnsuringLoadBalancer|cleanup|Allocated/);
  });
});

test.each<[string, object]>([
  ['with an address', { ...balanced, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }],
  ['with an external address', { ...balanced, spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.1'] } }],
  ['of another type', { ...balanced, spec: { type: 'ClusterIP' } }],
  ['of another release', { ...balanced, metadata: { name: 'meho', annotations: {} } }],
])('a Service %s is none', async (_, service) => {
  expect(await causesOf(service)).toEqual([]);
});

test.each([
  ['v3.22.0', ['load-balancer-pending']],
  ['v4.3.1', []],
])('helm %s that has timed out waited for it, or did not', async (version, ids) => {
  await using folder = await scratchFolder('helm');
  const helm = path.join(folder.path, 'helm');
  await writeFile(helm, `#!/bin/sh\necho ${version}\n`);
  await chmod(helm, 0o755);
  await using server = await serve(balanced);
  const failure = await watchRelease({ ...at, api: server.api, helm }, () =>
    Promise.reject(new Error('context deadline exceeded')),
  ).catch((error: unknown) => error);
  const causes = (failure as { readonly causes?: readonly { readonly id: string }[] }).causes ?? [];
  expect(causes.map(({ id }) => id)).toEqual(ids);
});
