import { expect, test } from 'vitest';
import { containerdName } from './image-name.ts';

test.each([
  ['busybox', 'docker.io/library/busybox:latest'],
  ['busybox:1.36', 'docker.io/library/busybox:1.36'],
  ['valkey/valkey:9.0-alpine', 'docker.io/valkey/valkey:9.0-alpine'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  ['meho.local/postgres:3f2a9c', 'meho.local/postgres:3f2a9c'],
  ['localhost/meho:dev', 'localhost/meho:dev'],
  ['localhost:5000/meho', 'localhost:5000/meho:latest'],
  ['rancher/k3s:v1.34.4-k3s1@sha256:ab', 'docker.io/rancher/k3s@sha256:ab'],
])('%s is listed as %s', (reference, listed) => {
  expect(containerdName(reference)).toBe(listed);
});
