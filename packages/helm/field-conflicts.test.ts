import { expect, test } from 'vitest';
import { describeConflict, fieldConflictsIn } from './field-conflicts.ts';

/** From the API server's own tests (apimachinery, managedfields), in Helm 4's sentence. */
const scaled =
  'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas';
const several = `Apply failed with 3 conflicts: conflicts with "bar":
- .spec.template.spec.containers[name="a b"].image
- .metadata.labels.x
conflicts with "kubectl-edit" using apps/v1 at 2026-11-30T08:00:00Z:
- .spec.replicas`;
const head = (object: string) => `conflict occurred while applying object ${object}: `;

test('one conflict, through a subresource', () => {
  const text = `Error: UPGRADE FAILED: ${head('ns/meho apps/v1, Kind=Deployment')}${scaled}\n`;
  const found = fieldConflictsIn(text);
  expect(found).toEqual([
    { kind: 'Deployment', name: 'meho', manager: 'kubectl', subresource: 'scale', field: '.spec.replicas' },
  ]);
  expect(found.map(describeConflict)).toEqual(['kubectl (scale) has set .spec.replicas']);
});

test('several managers of several objects, one of them of the core group, another of none', () => {
  const text = [
    `${head('ns/a /v1, Kind=ConfigMap')}${several}`,
    `${head('/cluster-wide rbac.authorization.k8s.io/v1, Kind=ClusterRole')}${scaled}`,
    'server-side apply failed for object ns/b /v1, Kind=Service: conflict with "nobody": .x',
  ].join(' && ');
  expect(fieldConflictsIn(text).map(({ kind, name, manager, field }) => [kind, name, manager, field])).toEqual([
    ['ConfigMap', 'a', 'bar', '.spec.template.spec.containers[name="a b"].image'],
    ['ConfigMap', 'a', 'bar', '.metadata.labels.x'],
    ['ConfigMap', 'a', 'kubectl-edit', '.spec.replicas'],
    ['ClusterRole', 'cluster-wide', 'kubectl', '.spec.replicas'],
  ]);
});

test('what Helm has logged as well is told once', () => {
  const sentence = `${head('ns/meho apps/v1, Kind=Deployment')}${scaled}`;
  const text = `level=WARN msg="upgrade failed" name=meho error=${JSON.stringify(sentence)}\nError: UPGRADE FAILED: ${sentence}\n`;
  expect(fieldConflictsIn(text)).toHaveLength(1);
  expect(fieldConflictsIn(`${sentence}\n${sentence}`)).toHaveLength(1);
});

test.each([
  '',
  'Error: UPGRADE FAILED: context deadline exceeded',
  'Operation cannot be fulfilled on deployments.apps "meho": the object has been modified',
  // Not Helm's without an object.
  scaled,
])('no conflict: %s', (text) => {
  expect(fieldConflictsIn(text)).toEqual([]);
});
