import { serveHttp } from '@meho/core/http/testing/local-server';
import { expect, test } from 'vitest';
import { KubeApi } from './api/api.ts';
import { distributionOf, policyEngineAmong, policyEngineOf } from './description.ts';

test.each([
  ['v1.34.4+k3s1', 'k3s'],
  ['v1.33.1+rke2r1', 'RKE2'],
  ['v1.32.3-eks-bcf3d70', 'Amazon EKS'],
  ['v1.31.6-gke.1020000', 'Google GKE'],
])('%s is %s', (version, distribution) => {
  expect(distributionOf(version)).toBe(distribution);
});

test('a version without a known suffix is not called anything', () => {
  expect(distributionOf('v1.34.4')).toMatch(/does not tell/);
});

test("reads the engine's version from its image", () => {
  const image = 'quay.io/cilium/cilium:v1.19.5@sha256:abcd';
  expect(policyEngineAmong([{ name: 'cilium', image }])).toEqual({
    ...{ kind: 'cilium', title: 'Cilium v1.19.5', version: 'v1.19.5' },
  });
});

test('a registry port is no version', () => {
  const found = policyEngineAmong([{ name: 'calico-node', image: 'registry.example.com:5000/calico/node' }]);
  expect(found).toEqual({ kind: 'calico', title: 'Calico' });
});

test('knows that it does not know', () => {
  expect(policyEngineAmong([{ name: 'fluent-bit', image: 'fluent-bit:3' }])).toBeUndefined();
});

const identity = { credentials: async () => ({}), impersonate: {} };

async function engineSeenBy(status: number, body: object, gitVersion: string) {
  await using server = await serveHttp((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  using api = new KubeApi(
    { server: new URL(`http://127.0.0.1:${server.port}`), identity, tls: {}, description: 'lab' },
    5000,
  );
  return await policyEngineOf(api, gitVersion);
}

test('an engine that is only spoken of in a refusal is not known', async () => {
  const message = 'daemonsets.apps is forbidden: User "cilium-reader" cannot list resource "daemonsets"';
  const refused = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, reason: 'Forbidden', message };
  const { kind, title } = await engineSeenBy(403, refused, 'v1.34.4');
  expect(title).toContain('cilium-reader');
  expect(kind).toBe('unknown');
});

test('k3s without a DaemonSet of an engine has its own inside', async () => {
  const none = { kind: 'DaemonSetList', metadata: { resourceVersion: '1' }, items: [] };
  expect((await engineSeenBy(200, none, 'v1.34.4+k3s1')).kind).toBe('kube-router');
  expect((await engineSeenBy(200, none, 'v1.34.4')).kind).toBe('unknown');
});
