import { expect, test } from 'vitest';
import type { KubeApi } from '../api/api.ts';
import { KubeError } from '../api/kube-error.ts';
import { findIngress } from './ingress-class.ts';

const { signal } = new AbortController();
const marked = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
const byHelm = (namespace: string) => ({ 'meta.helm.sh/release-namespace': namespace });
const named = (name: string, annotations: Readonly<Record<string, string>> = {}, creationTimestamp?: string) => ({
  metadata: { name, annotations, ...(creationTimestamp === undefined ? {} : { creationTimestamp }) },
});

function clusterWith(...items: readonly object[]): Pick<KubeApi, 'list'> {
  return { list: (async () => ({ items })) as unknown as KubeApi['list'] };
}

test.each([
  [
    'a new RKE2, with Traefik',
    [named('traefik', { ...marked, ...byHelm('kube-system') })],
    undefined,
    ['traefik', 'kube-system'],
  ],
  [
    'an old one, whose only class is not marked',
    [named('nginx', byHelm('kube-system'))],
    undefined,
    ['nginx', 'kube-system'],
  ],
  [
    'one that was migrated, with both',
    [named('nginx', byHelm('kube-system')), named('traefik', { ...marked, ...byHelm('kube-system') })],
    undefined,
    ['traefik', 'kube-system'],
  ],
  [
    'a controller of its own beside it, asked for',
    [named('traefik', { ...marked, ...byHelm('kube-system') }), named('nginx', byHelm('ingress-nginx'))],
    'nginx',
    ['nginx', 'ingress-nginx'],
  ],
  [
    'two that are marked: the newest, as the API server takes it',
    [
      named('old', { ...marked, ...byHelm('a') }, '2024-01-01T00:00:00Z'),
      named('new', { ...marked, ...byHelm('b') }, '2026-04-01T00:00:00Z'),
    ],
    undefined,
    ['new', 'b'],
  ],
  ['a class that helm did not install', [named('by-hand', marked)], undefined, ['by-hand', undefined]],
])('%s', async (_, items, className, [expected, namespace]) => {
  const found = await findIngress(clusterWith(...items), { className, signal });
  expect([found.className, found.namespace]).toEqual([expected, namespace]);
  expect(found.said).toContain(`IngressClass ${expected}`);
});

test.each([
  ['several and none marked', [named('a'), named('b')], undefined, /expected one marked default, the cluster has a, b/],
  ['none at all', [], undefined, /the cluster has none/],
  ['another than the one asked for', [named('traefik', marked)], 'nginx', /one called nginx, the cluster has traefik/],
])('takes nothing of %s, and says what there is', async (_, items, className, said) => {
  const found = await findIngress(clusterWith(...items), { className, signal });
  expect(found).toEqual({ said: expect.stringMatching(said) });
});

test('an identity that may not look leaves it to the values, and that is said', async () => {
  const forbidden = KubeError.ofAnswer('GET', '/apis/networking.k8s.io/v1/ingressclasses', {
    status: 403,
    headers: {},
    body: '',
  });
  const api = { list: () => Promise.reject(forbidden) };
  expect(await findIngress(api, { signal })).toEqual({ said: expect.stringMatching(/the values decide: .*403/) });
});
