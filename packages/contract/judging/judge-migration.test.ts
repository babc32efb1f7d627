import { jobHooks, jobNames } from '@meho/helm/migration-hooks';
import { selectorOf } from '@meho/helm/subject';
import { MIGRATION_JOB, migrationManifest, type RevisionSpec, revisions, startTime } from '@meho/helm/testing/records';
import type { Job } from '@meho/kube/api/resource';
import { describe, expect, test } from 'vitest';
import { judgeJobs, judgeMigration } from './judge-migration.ts';

const subject = { namespace: 'meho', release: 'meho' };
const selector = selectorOf(subject, 'migrate');
const job = (status: Job['status'], hour = 1, name = MIGRATION_JOB): Job => ({
  metadata: { name, creationTimestamp: `2026-11-30T0${hour}:00:06Z` },
  spec: { template: {} },
  ...(status === undefined ? {} : { status }),
});
const complete = { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] };
const succeeded = (hour = 1, name = MIGRATION_JOB) => job(complete, hour, name);
const failed = job({ failed: 4, conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] });

function judge(found: readonly Job[], ...told: readonly RevisionSpec[]) {
  const history = revisions(...told);
  const last = history.at(-1);
  const hooks = last === undefined ? [] : jobHooks(last, selector);
  const plainJobs = last === undefined ? [] : jobNames(last.manifest ?? '', selector);
  return judgeJobs(subject, found) ?? judgeMigration(subject, found, { revisions: history, hooks, plainJobs });
}

const installed: RevisionSpec = { revision: 1, status: 'deployed' };
const superseded: RevisionSpec = { revision: 1, status: 'superseded' };
const next: RevisionSpec = { revision: 2, status: 'superseded', content: 'N+1' };

describe('holds', () => {
  test('a Job that succeeded, whatever the release looks like', () => {
    expect(judge([succeeded()], installed)).toEqual({ outcome: 'holds', observed: 'meho-migrate succeeded' });
    expect(judge([succeeded()], { ...installed, status: 'failed' }).outcome).toBe('holds');
    expect(judge([succeeded()]).outcome).toBe('holds');
  });

  test('no Job, and a run that Helm has recorded: success removes the Job', () => {
    expect(judge([], superseded, { ...next, status: 'deployed' })).toEqual({
      outcome: 'holds',
      observed: 'Job meho-migrate is gone after its success at 2026-11-30T02:00:15Z, revision 2 is deployed',
    });
  });

  test('a rollback: what counts is the run for the revision that was rolled back to', () => {
    expect(judge([], superseded, next, { revision: 3, status: 'deployed', run: 1 })).toEqual({
      outcome: 'holds',
      observed:
        'Job meho-migrate is gone after its success for the revision that was rolled back to at 2026-11-30T01:00:15Z, revision 3 is deployed',
    });
  });

  test('a rollback: the Job of N+1 is newer than that run, and no fault', () => {
    expect(judge([succeeded(2)], superseded, next, { revision: 3, status: 'deployed', run: 1 }).outcome).toBe('holds');
  });

  test('a Job that is there after helm was killed: its own condition decides', () => {
    const killed: RevisionSpec = { ...next, status: 'pending-upgrade', phase: 'Running' };
    expect(judge([succeeded(2)], superseded, killed).outcome).toBe('holds');
  });

  test('a Job that the API server’s clock makes older than the run by helm’s, and newer than the record of it', () => {
    const early: Job = { ...succeeded(), metadata: { name: MIGRATION_JOB, creationTimestamp: '2026-11-30T01:00:01Z' } };
    expect(judge([early], installed).outcome).toBe('holds');
  });

  test('a Job that somebody ran by hand after an install that left it out', () => {
    expect(judge([succeeded()], { ...installed, run: 'never' }).outcome).toBe('holds');
  });

  test('an upgrade that runs another Job than the install', () => {
    const hook = (name: string, event: string, phase: string) => ({
      ...{ name, kind: 'Job', manifest: migrationManifest.replace(MIGRATION_JOB, name), events: [event] },
      last_run: phase === '' ? { phase } : { started_at: '2026-11-30T02:00:05Z', phase },
    });
    const hooks = [hook('first', 'pre-install', ''), hook('later', 'post-upgrade', 'Succeeded')];
    const told = { ...next, status: 'deployed', more: { hooks } };
    expect(judge([], superseded, told).outcome).toBe('holds');
    expect(judge([succeeded(1, 'first')], superseded, told).outcome).toBe('holds');
    const neither = { ...told, more: { hooks: hooks.map((each) => ({ ...each, last_run: { phase: '' } })) } };
    expect(judge([succeeded(1, 'first')], superseded, neither).outcome).toBe('violated');
  });

  test('a Job that is no hook but part of the manifest', () => {
    const told: RevisionSpec = { ...installed, run: 'no hook', more: { manifest: `---\n${migrationManifest}` } };
    expect(judge([succeeded()], told).outcome).toBe('holds');
  });
});

describe('red', () => {
  test('a failed Job, even when a newer release looks deployed or another Job succeeded', () => {
    for (const found of [[failed], [succeeded(2), failed]]) {
      const verdict = judge(found, superseded, { ...next, status: 'deployed' });
      expect(verdict).toMatchObject({ outcome: 'violated', hint: expect.stringContaining('logs job/meho-migrate') });
    }
  });

  test('a Job that is not finished', () => {
    expect(judge([job({ active: 1 })], installed).outcome).toBe('violated');
    expect(judge([job(undefined)], installed).outcome).toBe('violated');
  });

  test('a hook that helm was told to leave out, which leaves a release that looks deployed', () => {
    expect(judge([], { ...installed, run: 'never' })).toMatchObject({
      outcome: 'violated',
      observed: 'revision 1 is deployed, and its hook Job meho-migrate never ran for it',
      hint: expect.stringContaining('without --no-hooks'),
    });
  });

  test('the same at an upgrade: the Job of the revision before is not its migration', () => {
    expect(judge([succeeded()], superseded, { ...next, status: 'deployed', run: 'never' })).toMatchObject({
      outcome: 'violated',
      observed: expect.stringMatching(
        /never ran for it; Job meho-migrate, made at 2026-11-30T01:00:06Z, is of an earlier/,
      ),
    });
  });

  test('a rollback to a revision whose hooks were left out', () => {
    const back: RevisionSpec = { revision: 3, status: 'deployed', run: 'never' };
    expect(judge([], { ...superseded, run: 'never' }, next, back).outcome).toBe('violated');
    expect(judge([succeeded(2)], { ...superseded, run: 'never' }, next, back).outcome).toBe('violated');
  });

  test('a Job that is older than the run that counts', () => {
    expect(judge([succeeded()], superseded, { ...next, status: 'deployed' })).toMatchObject({
      outcome: 'violated',
      observed: expect.stringContaining('was made at 2026-11-30T01:00:06Z, before its run'),
    });
  });

  test('an upgrade that the server refused for what others had set: who and what', () => {
    const description =
      'Upgrade "meho" failed: conflict occurred while applying object meho/meho apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas';
    expect(judge([], installed, { ...next, status: 'failed', description })).toMatchObject({
      outcome: 'violated',
      observed: 'the Job is gone and revision 2 is failed, because kubectl (scale) has set .spec.replicas',
    });
  });

  test('a run that failed and whose Job is gone', () => {
    expect(judge([], { ...installed, phase: 'Failed' }).outcome).toBe('violated');
  });

  test('a Job that only `helm test` ran', () => {
    expect(judge([], { ...installed, events: ['test'] }).outcome).toBe('unknown');
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
    expect(judge([], installed, { ...next, status })).toMatchObject({
      outcome: 'violated',
      observed: `the Job is gone and revision 2 is ${status}`,
    });
  });
});

describe('what is said of a Job where the newest revision has come to no end', () => {
  const pending = { ...next, status: 'pending-upgrade', run: 'never' } as const;

  test('an older Job that is still there is not gone', () => {
    expect(judge([succeeded()], superseded, pending)).toMatchObject({
      outcome: 'violated',
      observed:
        'Job meho-migrate, made at 2026-11-30T01:00:06Z, is of an earlier revision; revision 2 is pending-upgrade',
    });
    const running = { ...pending, run: 'own', phase: 'Running' } as const;
    expect(judge([succeeded()], superseded, running)).toMatchObject({
      outcome: 'violated',
      observed: expect.stringMatching(/^Job meho-migrate was made at .*, before its run .* is pending-upgrade$/),
    });
  });

  test('one that has not run is not gone either', () => {
    expect(judge([], superseded, pending)).toMatchObject({
      outcome: 'violated',
      observed: 'Job meho-migrate has not run; revision 2 is pending-upgrade',
    });
  });
});

describe('a hook that Helm had no cause to run', () => {
  const info = (revision: number, first = 1) => ({
    status: 'deployed',
    first_deployed: startTime(first),
    last_deployed: startTime(revision),
  });

  test.each<[string, readonly RevisionSpec[], RegExp]>([
    [
      'of upgrades, at the first install',
      [{ ...installed, run: 'never', events: ['pre-upgrade'] }],
      /revision 1 is an install, and its hook Job meho-migrate runs with an upgrade alone: Helm had nothing to run/,
    ],
    [
      'of upgrades, at an install after `helm uninstall --keep-history`',
      [{ ...next, status: 'deployed', run: 'never', events: ['pre-upgrade'], more: { info: info(2, 2) } }],
      /revision 2 is an install/,
    ],
    [
      'of installs, at an upgrade',
      [superseded, { ...next, status: 'deployed', run: 'never', events: ['pre-install'], more: { info: info(2) } }],
      /revision 2 is an upgrade, and its hook Job meho-migrate runs with an install alone/,
    ],
    [
      'of rollbacks',
      [{ ...installed, run: 'never', events: ['pre-rollback'] }],
      /meho-migrate of .* pre-rollback alone/,
    ],
    ['of removals', [{ ...installed, run: 'never', events: ['pre-delete'] }], /runs with pre-delete alone/],
    ['of tests', [{ ...installed, events: ['test'] }], /runs with test alone/],
  ])('%s', (_, told, observed) => {
    const verdict = judge([], ...told);
    expect(verdict).toMatchObject({ outcome: 'unknown', observed: expect.stringMatching(observed) });
    expect(verdict).not.toMatchObject({ hint: expect.stringContaining('--no-hooks') });
  });

  test('is no excuse where it was to run: it was left out', () => {
    const told = { ...next, status: 'deployed', run: 'never', more: { info: info(2) } } as const;
    expect(judge([], superseded, told)).toMatchObject({
      outcome: 'violated',
      hint: expect.stringContaining('without --no-hooks'),
    });
  });
});

describe('nobody can know, so it is not green', () => {
  test.each<[string, RevisionSpec, RegExp]>([
    ['a run of which Helm knows no end', { ...installed, phase: 'Unknown' }, /no end of its run: Unknown/],
    ['a chart without a migration', { ...installed, run: 'no hook' }, /has no migration Job/],
    [
      'a Job that is no hook, and gone',
      { ...installed, run: 'no hook', more: { manifest: migrationManifest } },
      /Job meho-migrate of revision 1 is gone/,
    ],
  ])('%s', (_, told, observed) => {
    expect(judge([], told)).toMatchObject({ outcome: 'unknown', observed: expect.stringMatching(observed) });
  });

  test('a Job of an earlier revision, whose chart now has none', () => {
    const verdict = judge([succeeded()], superseded, { ...next, status: 'deployed', run: 'no hook' });
    expect(verdict).toMatchObject({ outcome: 'unknown', observed: expect.stringContaining('before revision 2') });
  });
});
