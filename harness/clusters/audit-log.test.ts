import { expect, test } from 'vitest';
import { type AuditEvent, parseAuditLog, writesOf } from './audit-log.ts';

const me = 'system:serviceaccount:meho-lab:meho-acceptance';

function event(verb: string, objectRef: AuditEvent['objectRef'], code = 200, username = me): AuditEvent {
  return {
    auditID: 'x',
    stage: 'ResponseComplete',
    verb,
    user: { username },
    ...(objectRef && { objectRef }),
    responseStatus: { code },
  };
}

const makes = event('create', { resource: 'namespaces', name: 'meho-ci-1', namespace: 'meho-ci-1' }, 201);
const removes = event('delete', { resource: 'namespaces', name: 'meho-ci-1', namespace: 'meho-ci-1' });
const inside = event('create', { resource: 'secrets', namespace: 'meho-ci-1', name: 's' }, 201);

test('writes inside namespaces that were made before are inside', () => {
  const { outside, made, removed, writes } = writesOf([makes, inside, removes], me);
  expect({ outside, made, removed, writes }).toEqual({ outside: [], made: ['meho-ci-1'], removed: [], writes: 3 });
});

test('the same before the namespace was made, or when making it was refused, is outside', () => {
  expect(writesOf([inside, makes], me).outside).toEqual(['create secrets/s in meho-ci-1: 201']);
  const refused = { ...makes, responseStatus: { code: 409 } };
  expect(writesOf([refused, inside], me).outside).toHaveLength(2);
});

test.each([
  ['in a namespace of others', event('patch', { resource: 'configmaps', namespace: 'default', name: 'c' })],
  ['that was refused', event('create', { resource: 'pods', namespace: 'kube-system', name: 'p' }, 403)],
  ['to the cluster itself', event('create', { resource: 'clusterroles', apiGroup: 'rbac.authorization.k8s.io' }, 201)],
  ['to many at once', event('deletecollection', { resource: 'pods', namespace: 'default' })],
  ['by way of a pod', event('get', { resource: 'pods', subresource: 'exec', namespace: 'default', name: 'p' }, 101)],
  ['by way of a node', event('get', { resource: 'nodes', subresource: 'proxy', name: 'n' })],
  ['to a namespace of others', event('patch', { resource: 'namespaces', name: 'team-a', namespace: 'team-a' })],
])('a write %s is outside', (_, write) => {
  expect(writesOf([makes, inside, write], me).outside).toHaveLength(1);
});

test('a namespace whose name the log does not tell hides nothing', () => {
  const nameless = event('create', { resource: 'namespaces' }, 201);
  const write = event('create', { resource: 'clusterroles', apiGroup: 'rbac.authorization.k8s.io' }, 201);
  expect(writesOf([nameless, write], me).outside).toEqual([
    'create namespaces in the cluster: 201',
    'create clusterroles in the cluster: 201',
  ]);
});

test('removal of a namespace that the log did not see made is told apart', () => {
  expect(writesOf([removes], me)).toMatchObject({ removed: ['meho-ci-1'], outside: [] });
});

test('reading, asking and what others do are no writes', () => {
  const reading = event('list', { resource: 'secrets', namespace: 'default' });
  const logs = event('get', { resource: 'pods', subresource: 'log', namespace: 'default', name: 'p' });
  const asking = event('create', { resource: 'selfsubjectreviews', apiGroup: 'authentication.k8s.io' }, 201);
  const others = event('create', { resource: 'pods', namespace: 'default' }, 201, 'system:admin');
  expect(writesOf([reading, logs, asking, others], me)).toMatchObject({ requests: 3, writes: 0, outside: [] });
});

test('a line that is cut off is no log', () => {
  expect(parseAuditLog(`${JSON.stringify(makes)}\n`)).toHaveLength(1);
  expect(() => parseAuditLog(`${JSON.stringify(makes)}\n{"stage":`)).toThrow(SyntaxError);
});
