import { describe, expect, test } from 'vitest';
import { answerOf } from './allowed.ts';

const webhook = 'Post "https://authz.example.com/": context deadline exceeded';
const missingRole = 'RBAC: clusterrole.rbac.authorization.k8s.io "edit-all" not found';

describe('an access review is', () => {
  test.each([
    ['a yes', { allowed: true }, 'yes'],
    [
      'a yes although an authorizer failed beside the one that allowed',
      { allowed: true, evaluationError: webhook },
      'yes',
    ],
    ['a no', { allowed: false }, 'no'],
    ['a no that an authorizer says outright', { allowed: false, denied: true, evaluationError: webhook }, 'no'],
    ['a no with empty words', { allowed: false, reason: '', evaluationError: '' }, 'no'],
    ['unknown where an authorizer failed and none denied', { allowed: false, evaluationError: webhook }, 'unknown'],
    ['unknown where denied is said not to be', { allowed: false, denied: false, evaluationError: webhook }, 'unknown'],
    ['unknown where the answer is text', { allowed: 'false' }, 'unknown'],
    ['unknown where there is no answer in it', {}, 'unknown'],
    ['unknown where there is no status', undefined, 'unknown'],
    ['unknown where the status is a list', [], 'unknown'],
  ])('%s', (_, status, answer) => {
    expect(answerOf(status).answer).toBe(answer);
  });
});

test('a reason that names a role which is not there is a no, with the reason', () => {
  expect(answerOf({ allowed: false, reason: missingRole })).toEqual({
    answer: 'no',
    told: `the API server says no (${missingRole})`,
  });
});

test('an authorizer’s error is told in its own words', () => {
  expect(answerOf({ allowed: false, reason: missingRole, evaluationError: webhook }).told).toContain(webhook);
});
