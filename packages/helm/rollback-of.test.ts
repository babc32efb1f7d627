import { expect, test } from 'vitest';
import { originOf } from './rollback-of.ts';
import { type RevisionSpec, revisions, startTime } from './testing/records.ts';

const n: RevisionSpec = { revision: 1, status: 'superseded', description: 'Install complete' };
const next: RevisionSpec = { revision: 2, status: 'superseded', content: 'N+1' };
const back: RevisionSpec = { revision: 3, status: 'deployed' };

function originOfLast(...told: readonly RevisionSpec[]) {
  const history = revisions(...told);
  const last = history.at(-1);
  return last && originOf(history, last);
}

test.each<[string, readonly RevisionSpec[], object]>([
  ['Helm’s own word decides', [n, next, { ...back, run: 1, rollbackRevision: 1 }], { target: 1, by: 'word' }],
  [
    'Helm’s own word decides, also where somebody describes it otherwise',
    [n, next, { ...back, run: 1, rollbackRevision: 1, description: 'p99 doubled' }],
    { target: 1, by: 'word' },
  ],
  [
    'Helm’s own word decides for a chart without hooks, and with the target’s record gone',
    [
      { ...next, run: 'no hook' },
      { ...back, run: 'no hook', rollbackRevision: 1 },
    ],
    { target: 1, by: 'word' },
  ],
  [
    'without it, all of N with the run of its hook',
    [n, next, { ...back, run: 1 }],
    { target: 1, by: 'copy', fits: [1] },
  ],
  [
    'whatever the description is',
    [n, next, { ...back, run: 1, description: 'p99 doubled' }],
    { target: 1, by: 'copy', fits: [1] },
  ],
  [
    'by a machine whose clock is behind: its copied run is newer than itself',
    [n, next, { ...back, run: 1, more: begunBefore(1) }],
    { target: 1, by: 'copy', fits: [1] },
  ],
  [
    'back to what was a rollback itself',
    [n, next, { ...back, status: 'superseded', run: 1 }, { ...next, revision: 4 }, { ...back, revision: 5, run: 1 }],
    { target: 1, by: 'copy', fits: [1, 3] },
  ],
  [
    'a hook that runs on each rollback says nothing of this one',
    [n, next, { ...back, run: 1 }].map((told) => ({ ...told, more: withHook(told.revision, ['pre-rollback']) })),
    { target: 1, by: 'copy' },
  ],
  [
    '`helm test` after the rollback says nothing of it',
    [n, next, { ...back, run: 1 }].map((told) => ({ ...told, more: withHook(told.revision, ['test']) })),
    { target: 1, by: 'copy' },
  ],
])('a rollback: %s', (_, told, origin) => {
  expect(originOfLast(...told)).toMatchObject({ kind: 'rollback', ...origin });
});

test.each<[string, readonly RevisionSpec[], RegExp]>([
  ['that calls itself a rollback', [n, next, { ...back, description: 'Rollback to 1' }], /ran for it/],
  ['of N again', [n, next, back], /ran for it/],
  ['of N again without its hooks', [n, next, { ...back, run: 'never' }], /copy of no earlier revision/],
  ['of something new without hooks', [n, next, { ...back, run: 'no hook', content: 'N+2' }], /copy of no earlier/],
])('an upgrade %s', (_, told, why) => {
  expect(originOfLast(...told)).toMatchObject({ kind: 'deployment', why: expect.stringMatching(why) });
});

test.each<[string, readonly RevisionSpec[], RegExp, readonly number[]]>([
  [
    'a chart without hooks: N deployed again, or rolled back to',
    [
      { ...n, run: 'no hook' },
      { ...next, run: 'no hook' },
      { ...back, run: 'no hook', description: 'Rollback to 1' },
    ],
    /equals revision 1, and no hook/,
    [1],
  ],
  [
    'hooks that were never run, before or now',
    [
      { ...n, run: 'never' },
      { ...next, run: 'never' },
      { ...back, run: 'never' },
    ],
    /equals revision 1/,
    [1],
  ],
  [
    'one hook that runs with upgrades and rollbacks alike',
    [n, next, back].map((told) => ({ ...told, events: ['pre-install', 'pre-upgrade', 'pre-rollback'] })),
    /no hook of it tells/,
    [1],
  ],
  ['hooks of a record that is gone', [next, { ...back, run: 1 }], /no record is left that it is a copy of/, []],
  [
    'nothing to compare with, and records are gone',
    [next, { ...back, run: 'no hook', content: 'N+2' }],
    /of 1 earlier ones no record is left/,
    [],
  ],
])('unclear: %s', (_, told, why, fits) => {
  expect(originOfLast(...told)).toEqual({ kind: 'unclear', why: expect.stringMatching(why), fits });
});

test.each([3, 99, -1, 1.5])('a rollback to %d can’t be revision 3', (rollbackRevision) => {
  expect(originOfLast(n, next, { ...back, rollbackRevision })).toMatchObject({ kind: 'contradiction' });
});

function withHook(revision: number, events: readonly string[]) {
  const own = `2026-11-30T0${revision}:30:00Z`;
  const copied = `2026-11-30T0${revision === 3 ? 1 : revision}:00:05Z`;
  const run = (at: string) => ({ started_at: at, completed_at: at, phase: 'Succeeded' });
  return {
    hooks: [
      { name: 'migrate', kind: 'Job', events: ['pre-upgrade', 'pre-install'], last_run: run(copied) },
      { name: 'other', kind: 'Pod', events, last_run: run(own) },
    ],
  };
}

/** By the clock of the machine that rolled back. */
function begunBefore(revision: number) {
  return { info: { status: 'deployed', last_deployed: startTime(revision - 1) } };
}
