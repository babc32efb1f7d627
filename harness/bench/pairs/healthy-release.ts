import { listKindOf } from '@meho/kube/testing/list-kind';
import type { Answerer } from '@meho/kube/testing/stub-api-server';

const labels = { 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'meho' };
const isTrue = (type: string) => ({ type, status: 'True' });
const replicas = 2;
const container = { name: 'backplane', image: 'meho:1' };

const deployment = {
  metadata: { name: 'meho', generation: 1, labels },
  spec: { replicas, template: { metadata: { labels }, spec: { containers: [container] } } },
  status: {
    observedGeneration: 1,
    ...{ replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
    conditions: [isTrue('Available')],
  },
};
const job = {
  metadata: { name: 'meho-migrate', labels },
  spec: { completions: 1 },
  status: { succeeded: 1, conditions: [isTrue('Complete')] },
};
const pods = ['meho-1', 'meho-2'].map((name) => ({
  metadata: { name, labels },
  spec: { containers: [container] },
  status: { phase: 'Running', conditions: [isTrue('Ready')] },
}));
const services = [
  { metadata: { name: 'meho' }, spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] } },
];

const objects: Readonly<Record<string, readonly object[]>> = {
  '/apis/apps/v1/namespaces/meho/deployments': [deployment],
  '/apis/batch/v1/namespaces/meho/jobs': [job],
  '/api/v1/namespaces/meho/pods': pods,
  '/api/v1/namespaces/meho/services': services,
};

/** What an API server lists of a release that is up. */
export const healthyRelease: Answerer = (request) => {
  const items = objects[new URL(request.url ?? '', 'https://stub').pathname];
  return items === undefined
    ? undefined
    : { status: 200, body: { kind: listKindOf(request), metadata: { resourceVersion: '1' }, items } };
};
