import { expect, test } from 'vitest';
import { rollbackTarget } from './rollback-target.ts';
import { type RevisionSpec, revisions, startTime } from './testing/records.ts';

const failedUpgrade = 'Upgrade "meho" failed: context deadline exceeded';
const failedRollback = 'Rollback "meho" failed: conflict with "kubectl-set"';
const n: RevisionSpec = { revision: 1, status: 'superseded' };
const next: RevisionSpec = { revision: 2, status: 'deployed', content: 'N+1' };

test.each<[string, readonly RevisionSpec[], number]>([
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
        more: { info: { status: 'failed', description: failedRollback, last_deployed: startTime(0) } },
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
  expect(rollbackTarget(revisions(...told))).toEqual({ revision, flags: '--wait' });
});

test.each<[string, readonly RevisionSpec[], RegExp]>([
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
  expect(rollbackTarget(revisions(...told))).toEqual({ none: expect.stringMatching(none) });
});

const conflict =
  'Upgrade "meho" failed: conflict occurred while applying object meho/meho apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas';
const byServer = { apply_method: 'ssa' };
const byClient = { apply_method: 'csa' };

test.each<[string, RevisionSpec['more'], RevisionSpec['more'], number | undefined, string]>([
  ['born under Helm 4: what others have set is in the way', byServer, byServer, undefined, '--wait --force-conflicts'],
  ['by Helm 4 that is at hand', byServer, byServer, 4, '--wait --force-conflicts'],
  ['by Helm 3, which has no such flag and takes over by itself', byServer, byServer, 3, '--wait'],
  ['born under Helm 3, upgraded by 4: the client applies, and the flag is refused', {}, byClient, undefined, '--wait'],
  ['the same with Helm 4 at hand', {}, byClient, 4, '--wait'],
  ['to one that the client applied, from one that the server did', byClient, byServer, 4, '--wait'],
  ['born under Helm 4, upgraded by 3: whoever wrote the last one is at work', byServer, {}, undefined, '--wait'],
  ['the same with Helm 4 at hand', byServer, {}, 4, '--wait --force-conflicts'],
])('the flags that get there, %s', (_, target, last, major, flags) => {
  for (const description of [conflict, failedUpgrade]) {
    const told: readonly RevisionSpec[] = [
      { ...n, status: 'deployed', ...(target === undefined ? {} : { more: target }) },
      { ...next, status: 'failed', description, ...(last === undefined ? {} : { more: last }) },
    ];
    expect(rollbackTarget(revisions(...told), major)).toEqual({ revision: 1, flags });
  }
});
