import { expect, test } from 'vitest';
import { askedRight, canI } from './asked-right.ts';

test.each([
  ['GET', '/apis/apps/v1/namespaces/meho/deployments?limit=500', 'kubectl -n meho auth can-i list deployments.apps'],
  ['GET', '/api/v1/namespaces/meho/pods/x', 'kubectl -n meho auth can-i get pods'],
  ['GET', '/api/v1/namespaces/meho/pods/x/log', 'kubectl -n meho auth can-i get pods --subresource=log'],
  ['POST', '/api/v1/namespaces', 'kubectl auth can-i create namespaces'],
  ['DELETE', '/api/v1/namespaces/meho-ci-7', 'kubectl auth can-i delete namespaces'],
  ['watch', '/apis/batch/v1/namespaces/meho/jobs', 'kubectl -n meho auth can-i watch jobs.batch'],
  ['GET', '/version', undefined],
])('%s %s: %s', (method, path, command) => {
  const right = askedRight(method, path);
  expect(right && canI(right)).toBe(command);
});
