import { type RevisionSpec, revisions } from '@meho/helm/testing/records';
import { expect, test } from 'vitest';
import { judgeHistory } from './judge-history.ts';

const subject = { namespace: 'meho', release: 'meho' };
const installed: RevisionSpec = { revision: 1, status: 'superseded', description: 'Install complete' };
const upgraded: RevisionSpec = { revision: 2, status: 'superseded', content: 'N+1' };
const back: RevisionSpec = { revision: 3, status: 'deployed', run: 1, description: 'Rollback to 1' };

test.each<[string, RevisionSpec, RegExp]>([
  ['by Helm 4.3 and newer', { ...back, rollbackRevision: 1 }, /rolled back to revision 1, as Helm wrote down/],
  ['by an older Helm', back, /rolled back to revision 1, as a copy of it/],
  ['that is described otherwise', { ...back, description: 'p99 doubled' }, /rolled back to revision 1, as a copy/],
])('a rollback %s holds', (_, last, observed) => {
  const verdict = judgeHistory(subject, revisions(installed, upgraded, last));
  expect(verdict).toEqual({ outcome: 'holds', observed: expect.stringMatching(observed) });
});

test.each<[string, readonly RevisionSpec[]]>([
  ['one revision', [{ ...installed, status: 'deployed' }]],
  ['one revision that calls itself a rollback', [back]],
  ['an upgrade to N again', [installed, upgraded, { revision: 3, status: 'deployed' }]],
  ['an upgrade that calls itself a rollback', [installed, upgraded, { ...back, run: 'own' }]],
  ['one without hooks that calls itself a rollback', [installed, upgraded, { ...back, run: 'never' }]],
  ['a rollback that failed', [installed, upgraded, { ...back, status: 'failed' }]],
  ['a rollback that is not finished', [installed, upgraded, { ...back, status: 'pending-rollback' }]],
  ['a rollback that was upgraded since', [installed, { ...upgraded, status: 'superseded' }, { ...back, run: 'own' }]],
  ['a rollback to a later revision', [installed, upgraded, { ...back, rollbackRevision: 99 }]],
])('red: %s', (_, told) => {
  expect(judgeHistory(subject, revisions(...told)).outcome).toBe('violated');
});

test('a chart without hooks, and a record that fits a rollback and an upgrade: nobody can know, so it is not green', () => {
  const told = [installed, upgraded, back].map((each) => ({ ...each, run: 'no hook' as const }));
  expect(judgeHistory(subject, revisions(...told))).toMatchObject({
    outcome: 'unknown',
    observed: expect.stringContaining('equals revision 1'),
  });
});

test.each<[string, readonly RevisionSpec[], string]>([
  [
    'an upgrade that failed, after another',
    [
      { ...installed, status: 'deployed' },
      { ...upgraded, status: 'failed', description: 'Upgrade "meho" failed: timed out' },
      { revision: 3, status: 'failed', content: 'N+2', description: 'Upgrade "meho" failed: context canceled' },
    ],
    'helm -n meho rollback meho 1 --wait',
  ],
  [
    'a rollback that was broken off',
    [installed, { ...upgraded, status: 'deployed' }, { ...back, status: 'pending-rollback' }],
    'helm -n meho rollback meho 1 --wait',
  ],
  [
    'nothing that ever worked',
    [
      { ...installed, status: 'failed' },
      { ...upgraded, status: 'failed' },
    ],
    'no revision to go back to can be named, by its records no revision ever worked; helm -n meho history meho',
  ],
])('%s: the hint is the one command that brings N back, or that there is none', (_, told, hint) => {
  expect(judgeHistory(subject, revisions(...told))).toMatchObject({ outcome: 'violated', hint });
});

const byServer = { apply_method: 'ssa' };
const bornUnder4: readonly RevisionSpec[] = [
  { ...installed, status: 'deployed', more: byServer },
  { ...upgraded, status: 'failed', description: 'Upgrade "meho" failed: timed out', more: byServer },
];

test.each([
  [undefined, 'helm -n meho rollback meho 1 --wait --force-conflicts'],
  [4, 'helm -n meho rollback meho 1 --wait --force-conflicts'],
  [3, 'helm -n meho rollback meho 1 --wait'],
])('born under Helm 4, and Helm %s at hand: the hint is a command that it takes', (major, hint) => {
  expect(judgeHistory(subject, revisions(...bornUnder4), major)).toMatchObject({ outcome: 'violated', hint });
});

test.each<[string, readonly RevisionSpec[], RegExp]>([
  ['by the client alone', [installed, upgraded, { ...back, run: 'own' }], / rollback meho REVISION --wait$/],
  [
    'by the server alone',
    [installed, upgraded, { ...back, run: 'own' } as const].map((each) => ({ ...each, more: byServer })),
    / rollback meho REVISION --wait --force-conflicts$/,
  ],
  [
    'by one and the other',
    [installed, { ...upgraded, more: byServer }, { ...back, run: 'own', more: byServer }],
    / rollback meho REVISION --wait, and --force-conflicts as well where helm get metadata says ssa of it$/,
  ],
])('where N is not known, what was applied %s is gone back to as that', (_, told, hint) => {
  expect(judgeHistory(subject, revisions(...told))).toMatchObject({
    outcome: 'violated',
    hint: expect.stringMatching(hint),
  });
});
