import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImageRecipe } from '../../recipe.ts';
import { recipe as k3sRecipe } from './k3s/recipe.ts';
import { recipe } from './recipe.ts';

const required = (folder: string, module: string) =>
  new RegExp(`^\\s*${module} (v\\S+)`, 'm').exec(
    readFileSync(join(import.meta.dirname, folder, 'go.mod'), 'utf8'),
  )?.[1];

test('the entry point speaks with the API server by a client of the same release', () => {
  expect(required('init', 'k8s.io/client-go')).toBe(required('kube', 'k8s.io/kubernetes')?.replace('v1.', 'v0.'));
});

test('what holds layers and data is a volume: overlay on overlay is refused', () => {
  expect(recipe.config.volumes).toEqual(
    expect.arrayContaining(['/var/lib/containerd', '/var/lib/etcd', '/var/lib/kubelet']),
  );
  expect(k3sRecipe.config.volumes).toEqual(
    expect.arrayContaining(['/var/lib/containerd', '/var/lib/rancher/k3s/server/db', '/var/lib/kubelet']),
  );
});

test('each flavour has the same Kubernetes, and nothing of the other', () => {
  const programs = ({ programs: all = [] }: ImageRecipe) => all.map(({ path }) => basename(path));
  const shared = ['kube', 'node-init'];
  expect(programs(recipe)).toEqual([...shared, 'cilium-agent', 'cilium-cni']);
  expect(programs(k3sRecipe)).toEqual([...shared, 'kine', 'flannel', 'kube-router']);
  expect(recipe.programs?.slice(0, shared.length)).toEqual(k3sRecipe.programs?.slice(0, shared.length));
  expect([recipe, k3sRecipe].map(({ config }) => config.env?.['NODE_FLAVOUR'])).toEqual(['cilium', 'k3s']);
});

/** A bridge's pods need another plugin than routed ones: one that is missing shows when the first pod starts. */
test.each([
  ['cilium', recipe, ['ptp', 'host-local', 'portmap']],
  ['k3s', k3sRecipe, ['bridge', 'host-local', 'portmap', 'bandwidth']],
] as const)('flavour %s has the plugins that its network names', (_, { files = [] }, plugins) => {
  const there = files.flatMap((file) => (file.to.startsWith('/opt/cni/bin/') ? [basename(file.to)] : []));
  expect(there).toEqual(expect.arrayContaining([...plugins]));
});
