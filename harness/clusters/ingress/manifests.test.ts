import { expect, test } from 'vitest';
import { manifests } from './manifests.ts';
import { controllerNamespace } from './skipper.ts';

const objects = manifests({
  image: 'skipper:1',
  nodePort: 30_443,
  labels: { 'meho.io/run': 'abc' },
  certificate: { certificatePem: 'C', privateKeyPem: 'K' },
});

test('the namespace comes first, and everything carries the labels of the run', () => {
  expect(objects[0].resource.kind).toBe('Namespace');
  for (const { resource, object } of objects) {
    expect(object, resource.kind).toHaveProperty(['metadata', 'labels', 'meho.io/run'], 'abc');
  }
});

test('what is in a namespace is in the one of the controller', () => {
  for (const { resource, namespace } of objects) {
    expect(namespace, resource.kind).toBe(resource.namespaced ? controllerNamespace : undefined);
  }
});

test('the controller may read and nothing else', () => {
  const roles = objects.filter(({ resource }) => resource.kind === 'ClusterRole');
  const rules = roles.flatMap(({ object }) => ('rules' in object && Array.isArray(object.rules) ? object.rules : []));
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list']));
});
