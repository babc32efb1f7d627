import { describe, expect, test } from 'vitest';
import type { Deployment } from '../api/resource.ts';
import { rolloutState } from './rollout.ts';

const STATUS = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const AVAILABLE = { type: 'Available', status: 'True' };

function deployment(status: Partial<NonNullable<Deployment['status']>> = {}, replicas = 2): Deployment {
  return {
    metadata: { name: 'meho', generation: 3 },
    spec: { replicas, selector: {}, template: { spec: { containers: [{ name: 'meho', image: 'meho:1' }] } } },
    status: { ...STATUS, conditions: [AVAILABLE], ...status },
  };
}

test('complete, available and ready holds, with the image', () => {
  expect(rolloutState([deployment()])).toEqual({
    state: 'holds',
    value: [{ name: 'meho', replicas: 2, image: 'meho:1' }],
  });
});

describe('not yet', () => {
  test.each<[string, Partial<NonNullable<Deployment['status']>>, RegExp]>([
    ['the newest spec is not observed', { observedGeneration: 2 }, /not observed yet/],
    ['a replica is of the old spec', { updatedReplicas: 1 }, /1 of 2 updated/],
    ['an old replica is still there', { replicas: 3 }, /2 of 3 ready/],
    ['a replica is not ready', { readyReplicas: 1 }, /1 of 2 ready/],
    ['a replica is not available', { availableReplicas: 1 }, /1 available/],
    ['Available is False', { conditions: [{ type: 'Available', status: 'False' }] }, /not Available/],
    ['Available is missing', { conditions: [] }, /not Available/],
    [
      'pods are refused',
      { readyReplicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] },
      /pods are refused: exceeded quota/,
    ],
  ])('%s', (_, status, observed) => {
    const state = rolloutState([deployment(status)]);
    expect(state.state).toBe('not-yet');
    expect('observed' in state ? state.observed : '').toMatch(observed);
  });

  test('it is being deleted, though its pods still serve', () => {
    const { metadata, ...rest } = deployment();
    const ending = { ...rest, metadata: { ...metadata, deletionTimestamp: '2026-11-30T10:00:00Z' } };
    expect(rolloutState([ending])).toEqual({ state: 'not-yet', observed: 'Deployment meho is being deleted' });
  });

  test('one of two Deployments is short', () => {
    expect(rolloutState([deployment(), deployment({ readyReplicas: 1 })]).state).toBe('not-yet');
  });
});

describe('never', () => {
  test('no Deployment', () => {
    expect(rolloutState([])).toEqual({ state: 'never', observed: 'no Deployment' });
  });

  test('scaled to 0', () => {
    const none = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
    expect(rolloutState([deployment(none, 0)]).state).toBe('never');
  });

  test('the progress deadline is exceeded', () => {
    const conditions = [AVAILABLE, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    expect(rolloutState([deployment({ conditions })]).state).toBe('never');
  });
});
