import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recipe } from './recipe.ts';

const required = (folder: string, module: string) =>
  new RegExp(`^\\s*${module} (v\\S+)`, 'm').exec(
    readFileSync(join(import.meta.dirname, folder, 'go.mod'), 'utf8'),
  )?.[1];

const ldflagsOf = (path: string) => recipe.programs?.find((program) => program.path === path)?.ldflags;

test('programs call themselves by the version that is built', () => {
  expect(ldflagsOf('/usr/local/bin/kube')).toContain(`gitVersion=${required('kube', 'k8s.io/kubernetes')}`);
  const cilium = required('cilium', 'github.com/cilium/cilium')?.slice(1);
  expect(ldflagsOf('/usr/local/bin/cilium-agent')).toContain(`ciliumVersion=${cilium}`);
});

test('the entry point speaks with the API server by a client of the same release', () => {
  expect(required('init', 'k8s.io/client-go')).toBe(required('kube', 'k8s.io/kubernetes')?.replace('v1.', 'v0.'));
});

test('what holds layers and data is a volume: overlay on overlay is refused', () => {
  expect(recipe.config.volumes).toEqual(
    expect.arrayContaining(['/var/lib/containerd', '/var/lib/etcd', '/var/lib/kubelet']),
  );
});
