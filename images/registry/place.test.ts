import { expect, test } from 'vitest';
import { placesOf, registryOf } from './place.ts';

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

const builtReference = 'meho.local/postgres:3f2a';

test('an image has its own registry, or none', () => {
  expect(placesOf({ registry: 'pgvector/pgvector:pg17', builtReference }, undefined)).toEqual([
    'pgvector/pgvector:pg17',
  ]);
  expect(placesOf({ registry: undefined, builtReference }, undefined)).toEqual([]);
});

test.each([
  ['pgvector/pgvector:pg17', ['r.example.com:5000/m/pgvector/pgvector:pg17', 'r.example.com:5000/m/postgres:3f2a']],
  ['ghcr.io/zalando/skipper:v1', ['r.example.com:5000/m/zalando/skipper:v1', 'r.example.com:5000/m/postgres:3f2a']],
  [undefined, ['r.example.com:5000/m/postgres:3f2a']],
])('a registry of yours is asked for what mirrors %s, then for what was built', (registry, places) => {
  expect(placesOf({ registry, builtReference }, 'r.example.com:5000/m')).toEqual(places);
});
