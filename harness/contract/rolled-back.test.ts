import { expect, test } from 'vitest';
import type { Revision } from '../helm/history.ts';
import { judgeHistory } from './checks/rolled-back.ts';

const subject = { namespace: 'meho', release: 'meho' };
const revision = (number: number, status: string, description: string): Revision => ({
  ...{ revision: number, status, description },
  ...{ chart: 'meho-chart-0.1.0', appVersion: '1', manifest: '' },
});
const installed = revision(1, 'superseded', 'Install complete');
const upgraded = revision(2, 'superseded', 'Upgrade complete');

test('a rollback as the last, deployed revision holds', () => {
  expect(judgeHistory(subject, [installed, upgraded, revision(3, 'deployed', 'Rollback to 1')]).outcome).toBe('holds');
});

test.each<[string, readonly Revision[]]>([
  ['no release', []],
  ['one revision', [revision(1, 'deployed', 'Install complete')]],
  ['one revision that calls itself a rollback', [revision(3, 'deployed', 'Rollback to 1')]],
  ['an upgrade to N again is not a rollback', [installed, upgraded, revision(3, 'deployed', 'Upgrade complete')]],
  ['a rollback that failed', [installed, upgraded, revision(3, 'failed', 'Rollback "meho" failed: timed out')]],
  ['a rollback that is not finished', [installed, upgraded, revision(3, 'pending-rollback', 'Rollback to 1')]],
  [
    'a rollback that was upgraded since',
    [installed, revision(2, 'superseded', 'Rollback to 1'), revision(3, 'deployed', 'Upgrade complete')],
  ],
  ['a description that only begins like one', [installed, upgraded, revision(3, 'deployed', 'Rollback to 1 and more')]],
  ['a rollback to a later revision', [installed, revision(2, 'deployed', 'Rollback to 2')]],
])('red: %s', (_, revisions) => {
  expect(judgeHistory(subject, revisions).outcome).toBe('violated');
});

test.each([
  ['failed', 'Upgrade "meho" failed: context canceled'],
  ['pending-upgrade', 'Preparing upgrade'],
])('%s: the hint is the one command that brings N back', (status, description) => {
  const installedStill = revision(1, 'deployed', 'Install complete');
  const before = revision(2, 'failed', 'Upgrade "meho" failed: timed out');
  expect(judgeHistory(subject, [installedStill, before, revision(3, status, description)])).toMatchObject({
    observed: expect.stringContaining(status),
    hint: 'helm -n meho rollback meho 1 --wait',
  });
});
