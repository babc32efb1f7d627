import { expect, test } from 'vitest';
import type { Capabilities, StartedCluster } from '../../clusters/provider.ts';
import { missingRequirements } from './missing-requirements.ts';
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
  'a managed cluster',
  'images on its nodes',
  'a node that stops',
  'managed services',
] as const;

test('where everything is given, nothing is lacking', () => {
  expect(missingRequirements(given(all), every)).toBeUndefined();
  expect(missingRequirements(given(none), [])).toBeUndefined();
});

test.each(every.slice(1))('%s is lacking on a cluster without capabilities, with a reason', (need) => {
  expect(missingRequirements(given(none), [need])).toMatch(/not ours|does not allow/);
  expect(missingRequirements(given(none), [need, 'our chart'])).toBe(missingRequirements(given(none), [need]));
});

test.each([
  ['chart', { ...ownSubject, chart: '/charts/other' }],
  ['release', { ...ownSubject, release: 'lab' }],
])('another %s is not what stories about our chart are about', (_, subject) => {
  expect(missingRequirements(given(all, subject), ['our chart'])).toContain('is judged');
});

test('another image, values or namespace change nothing of that', () => {
  const image = { reference: 'ghcr.io/evoila/meho:v1', gitSha: '3f2a9c1' };
  const subject = { ...ownSubject, image, valuesFiles: ['/site.yaml'], namespace: 'lab' };
  expect(missingRequirements(given(all, subject), every)).toBeUndefined();
});
