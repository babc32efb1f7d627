import { expect, test } from 'vitest';
import { begunAt, revisions, type Told } from './testing/records.ts';
import { wayBack } from './way-back.ts';

const failedUpgrade = 'Upgrade "meho" failed: context deadline exceeded';
const failedRollback = 'Rollback "meho" failed: conflict with "kubectl-set"';
const n: Told = { revision: 1, status: 'superseded' };
const next: Told = { revision: 2, status: 'deployed', content: 'N+1' };

test.each<[string, readonly Told[], number]>([
  [
    'the one that is deployed, after an upgrade that failed',
    [
      { ...n, status: 'deployed' },
      { ...next, status: 'failed', description: failedUpgrade },
    ],
    1,
  ],
  [
    'where a rollback that was broken off was going, not to N+1, which is still deployed',
    [n, next, { revision: 3, status: 'pending-rollback', run: 1 }],
    1,
  ],
  [
    'where it was going by Helm’s own word',
    [n, next, { revision: 3, status: 'pending-rollback', run: 1, rollbackRevision: 1 }],
    1,
  ],
  [
    'where it was going, of a chart without hooks',
    [
      { ...n, run: 'no hook' },
      { ...next, run: 'no hook' },
      { revision: 3, status: 'pending-rollback', run: 'no hook' },
    ],
    1,
  ],
  [
    'where a rollback that failed was going, though it made N+1 superseded and nothing is deployed',
    [n, { ...next, status: 'superseded' }, { revision: 3, status: 'failed', run: 1, description: failedRollback }],
    1,
  ],
  [
    'the same, by a machine whose clock is behind',
    [
      n,
      { ...next, status: 'superseded' },
      {
        revision: 3,
        status: 'failed',
        run: 1,
        more: { info: { status: 'failed', description: failedRollback, last_deployed: begunAt(0) } },
      },
    ],
    1,
  ],
  [
    'the same, failed twice: what failed first is superseded now',
    [
      n,
      { ...next, status: 'superseded' },
      { revision: 3, status: 'superseded', run: 1, description: failedRollback },
      { revision: 4, status: 'failed', run: 1, description: failedRollback },
    ],
    1,
  ],
  [
    'past an upgrade that had failed before a rollback made it superseded',
    [
      n,
      { ...next, status: 'superseded', description: failedUpgrade },
      { revision: 3, status: 'failed', content: 'N+2', description: failedUpgrade },
    ],
    1,
  ],
  [
    'past an upgrade whose hook never came to its end',
    [
      n,
      { ...next, status: 'superseded', phase: 'Running', description: 'mine' },
      { revision: 3, status: 'failed', content: 'N+2', description: failedUpgrade },
    ],
    1,
  ],
  [
    'past one that was killed before a rollback made it superseded',
    [
      n,
      { ...next, status: 'superseded', description: 'Preparing upgrade', run: 'never' },
      { revision: 3, status: 'failed', content: 'N+2', description: failedUpgrade },
    ],
    1,
  ],
  [
    'to what a superseded rollback had copied: whether that one came to its end nobody knows',
    [
      n,
      { ...next, status: 'superseded' },
      { revision: 3, status: 'superseded', run: 1, description: 'Rollback to 1' },
      { revision: 4, status: 'failed', content: 'N+2', description: failedUpgrade },
    ],
    1,
  ],
  [
    'the last that worked, where a rollback was going to one that never had',
    [
      { ...n, status: 'deployed' },
      { ...next, status: 'superseded', description: failedUpgrade },
      { revision: 3, status: 'failed', content: 'N+1', run: 2, rollbackRevision: 2, description: failedRollback },
    ],
    1,
  ],
  [
    'a stale pending upgrade counts for nothing',
    [
      n,
      { ...next, status: 'pending-upgrade', description: 'Preparing upgrade' },
      { revision: 3, status: 'deployed', run: 1 },
      { revision: 4, status: 'failed', content: 'N+2', description: failedUpgrade },
    ],
    3,
  ],
])('back to %s', (_, told, revision) => {
  expect(wayBack(revisions(...told))).toEqual({ revision, flags: '--wait' });
});

test.each<[string, readonly Told[], RegExp]>([
  [
    'nothing ever worked',
    [
      { ...n, status: 'failed', description: 'Release "meho" failed: timed out' },
      { ...next, status: 'pending-upgrade' },
    ],
    /no revision ever worked/,
  ],
  [
    'nothing ever worked, though one is superseded: by a rollback that failed',
    [
      { ...n, status: 'superseded', description: 'Release "meho" failed: timed out' },
      { ...next, status: 'superseded', description: failedUpgrade },
      { revision: 3, status: 'failed', run: 1, description: failedRollback },
    ],
    /no revision ever worked/,
  ],
  [
    'the record of the target is gone',
    [next, { revision: 3, status: 'failed', run: 1, rollbackRevision: 1, description: failedRollback }],
    /going back to revision 1, of which no record is left/,
  ],
  ['nobody knows the target', [next, { revision: 3, status: 'pending-rollback', run: 1 }], /no record tells to which/],
])('no way back is known: %s', (_, told, none) => {
  expect(wayBack(revisions(...told))).toEqual({ none: expect.stringMatching(none) });
});

test.each([
  [
    'a rollback',
    'Rollback "meho" failed: conflict occurred while applying object meho/c /v1, Kind=ConfigMap: Apply failed',
  ],
  [
    'an upgrade',
    'Upgrade "meho" failed: … Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .data.a',
  ],
])('%s that failed for a field that somebody else has set: helm has to be told to take it over', (_, description) => {
  const told: readonly Told[] = [
    { ...n, status: 'deployed' },
    { ...next, status: 'failed', description },
  ];
  expect(wayBack(revisions(...told))).toEqual({ revision: 1, flags: '--wait --force-conflicts' });
});
