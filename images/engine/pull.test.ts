import { expect, test } from 'vitest';
import { registryOf } from './pull.ts';

test.each([
  ['postgres', 'docker.io'],
  ['valkey/valkey:9.0-alpine', 'docker.io'],
  ['ghcr.io/zalando/skipper:v0.22.0', 'ghcr.io'],
  ['registry.k8s.io/e2e-test-images/agnhost:2.53', 'registry.k8s.io'],
  ['localhost/x', 'localhost'],
  ['127.0.0.1:5000/x:1', '127.0.0.1:5000'],
])('%s comes from %s', (reference, registry) => {
  expect(registryOf(reference)).toBe(registry);
});
