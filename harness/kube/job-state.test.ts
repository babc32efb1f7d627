import { expect, test } from 'vitest';
import { jobState } from './job-state.ts';
import type { Job } from './resource.ts';

const job = (status: Job['status'], spec: Partial<NonNullable<Job['spec']>> = {}): Job => ({
  ...(status === undefined ? {} : { status }),
  spec: { template: {}, ...spec },
});

test.each<[string, Job, string]>([
  ['one pod succeeded', job({ succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] }), 'succeeded'],
  ['one pod succeeded after two that failed', job({ succeeded: 1, failed: 2 }), 'succeeded'],
  [
    'failed by its backoff limit',
    job({ failed: 4, conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] }),
    'failed',
  ],
  ['about to be failed', job({ active: 1, conditions: [{ type: 'FailureTarget', status: 'True' }] }), 'failed'],
  [
    'failed although a pod succeeded',
    job({ succeeded: 1, conditions: [{ type: 'Failed', status: 'True' }] }),
    'failed',
  ],
  ['running', job({ active: 1 }), 'unfinished'],
  ['not seen by the controller', job(undefined), 'unfinished'],
  ['suspended', job({ conditions: [{ type: 'Suspended', status: 'True' }] }, { suspend: true }), 'unfinished'],
  ['one of two completions', job({ succeeded: 1 }, { completions: 2 }), 'unfinished'],
  ['a condition that is False', job({ succeeded: 1, conditions: [{ type: 'Failed', status: 'False' }] }), 'succeeded'],
])('%s', (_, object, state) => {
  expect(jobState(object).state).toBe(state);
});
