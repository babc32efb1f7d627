import { expect, test } from 'vitest';
import type { Job } from '../api/resource.ts';
import { jobState } from './job-state.ts';

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
  [
    'complete by a success policy, though only one of three pods succeeded',
    job(
      { succeeded: 1, conditions: [{ type: 'Complete', status: 'True', reason: 'SuccessPolicy' }] },
      { completions: 3 },
    ),
    'succeeded',
  ],
  [
    'complete as soon as its success policy is met, though pods are still ending',
    job({ active: 2, conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }] }, { completions: 3 }),
    'succeeded',
  ],
  ['one pod of a work queue succeeded, others run', job({ succeeded: 1, active: 2 }, { parallelism: 3 }), 'unfinished'],
  ['succeeded pods that are still ending', job({ succeeded: 1, terminating: 1 }), 'unfinished'],
  ['running', job({ active: 1 }), 'unfinished'],
  ['not seen by the controller', job(undefined), 'unfinished'],
  ['suspended', job({ conditions: [{ type: 'Suspended', status: 'True' }] }, { suspend: true }), 'unfinished'],
  ['nothing was asked of it', job({}, { completions: 0 }), 'unfinished'],
  [
    'nothing was asked of it, which Kubernetes calls complete',
    job({ conditions: [{ type: 'Complete', status: 'True' }] }, { completions: 0 }),
    'unfinished',
  ],
  ['one of two completions', job({ succeeded: 1 }, { completions: 2 }), 'unfinished'],
  ['a condition that is False', job({ succeeded: 1, conditions: [{ type: 'Failed', status: 'False' }] }), 'succeeded'],
])('%s', (_, object, state) => {
  expect(jobState(object).state).toBe(state);
});
