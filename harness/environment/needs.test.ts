import { expect, test } from 'vitest';
import type { Capabilities, StartedCluster } from '../cluster/provider.ts';
import { lacking } from './needs.ts';
import { type EnvironmentRequest, ownSubject, type SubjectRequest } from './request.ts';

const all: Capabilities = { loadImages: true, stopNode: true, disposable: true, siblingContainers: true };
const none: Capabilities = { loadImages: false, stopNode: false, disposable: false, siblingContainers: false };

function given(capabilities: Capabilities, subject: SubjectRequest = ownSubject) {
  return {
    request: { subject } as EnvironmentRequest,
    cluster: { capabilities } as StartedCluster,
  };
}

const every = [
  'our chart',
  'a cluster of ours',
  'images on its nodes',
  'a node that stops',
  'services of ours',
] as const;

test('where everything is given, nothing is lacking', () => {
  expect(lacking(given(all), every)).toBeUndefined();
  expect(lacking(given(none), [])).toBeUndefined();
});

test.each(every.slice(1))('%s is lacking on a cluster without capabilities, with a reason', (need) => {
  expect(lacking(given(none), [need])).toMatch(/not ours|does not allow/);
  expect(lacking(given(none), [need, 'our chart'])).toBe(lacking(given(none), [need]));
});

test.each([
  ['chart', { ...ownSubject, chart: '/charts/other' }],
  ['release', { ...ownSubject, release: 'lab' }],
])('another %s is not what stories about our chart are about', (_, subject) => {
  expect(lacking(given(all, subject), ['our chart'])).toContain('is judged');
});

test('another image, values or namespace change nothing of that', () => {
  const image = { reference: 'ghcr.io/evoila/meho:v1', gitSha: '3f2a9c1' };
  const subject = { ...ownSubject, image, valuesFiles: ['/site.yaml'], namespace: 'lab' };
  expect(lacking(given(all, subject), every)).toBeUndefined();
});
