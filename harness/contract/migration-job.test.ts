import { describe, expect, test } from 'vitest';
import type { Job } from '../kube/resource.ts';
import { judgeMigration } from './checks/migration-job.ts';

const subject = { namespace: 'meho', release: 'meho' };
const job = (status: Job['status']): Job => ({
  metadata: { name: 'meho-migrate' },
  spec: { template: {} },
  ...(status === undefined ? {} : { status }),
});
const succeeded = job({ succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] });
const failed = job({ failed: 4, conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] });

test('a Job that succeeded holds, whatever the release looks like', () => {
  expect(judgeMigration(subject, [succeeded], []).outcome).toBe('holds');
  expect(judgeMigration(subject, [succeeded], [{ revision: 1, status: 'failed' }]).outcome).toBe('holds');
});

test('no Job and a deployed release holds: success removes the Job', () => {
  expect(
    judgeMigration(
      subject,
      [],
      [
        { revision: 1, status: 'superseded' },
        { revision: 2, status: 'deployed' },
      ],
    ).outcome,
  ).toBe('holds');
});

describe('red', () => {
  test('a failed Job, even when a newer release looks deployed or another Job succeeded', () => {
    for (const found of [[failed], [succeeded, failed]]) {
      const verdict = judgeMigration(subject, found, [{ revision: 2, status: 'deployed' }]);
      expect(verdict).toMatchObject({ outcome: 'violated', hint: expect.stringContaining('logs job/meho-migrate') });
    }
  });

  test('a Job that is not finished', () => {
    expect(judgeMigration(subject, [job({ active: 1 })], []).outcome).toBe('violated');
    expect(judgeMigration(subject, [job(undefined)], []).outcome).toBe('violated');
  });

  test.each([
    'failed',
    'pending-install',
    'pending-upgrade',
    'pending-rollback',
    'uninstalling',
    'superseded',
    'unknown',
  ])('no Job and a release that is %s, though an earlier revision is deployed', (status) => {
    const revisions = [
      { revision: 1, status: 'deployed' },
      { revision: 2, status },
    ];
    expect(judgeMigration(subject, [], revisions).outcome).toBe('violated');
  });

  test('no Job and no release', () => {
    expect(judgeMigration(subject, [], []).outcome).toBe('violated');
  });
});
