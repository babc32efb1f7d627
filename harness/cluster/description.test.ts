import { expect, test } from 'vitest';
import { distributionOf, engineAmong } from './description.ts';

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
  expect(engineAmong([{ name: 'cilium', image }])).toBe('Cilium v1.19.5');
});

test('a registry port is no version', () => {
  expect(engineAmong([{ name: 'calico-node', image: 'registry.example.com:5000/calico/node' }])).toBe('Calico');
});

test('knows that it does not know', () => {
  expect(engineAmong([{ name: 'fluent-bit', image: 'fluent-bit:3' }])).toBeUndefined();
});
