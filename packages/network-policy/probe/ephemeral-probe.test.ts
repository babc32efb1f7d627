import { expect, test } from 'vitest';
import { stateDifferences } from './ephemeral-probe.ts';

const standing = { pod: 'uid-1', Ready: 'True since 10:00', restarts: 'backplane 0', endpoints: 'meho ready=true' };

test('a visit that changes nothing has no differences', () => {
  expect(stateDifferences(standing, { ...standing })).toEqual([]);
});

test.each([
  ['another pod', { pod: 'uid-2' }, 'pod: was uid-1, is uid-2'],
  ['a pod that is ready anew', { Ready: 'True since 10:05' }, 'Ready: was True since 10:00, is True since 10:05'],
  ['a restart', { restarts: 'backplane 1' }, 'restarts: was backplane 0, is backplane 1'],
  ['an endpoint that is gone', { endpoints: '' }, 'endpoints: was meho ready=true, is '],
])('%s is told', (_, change, sentence) => {
  expect(stateDifferences(standing, { ...standing, ...change })).toEqual([sentence]);
});
