import { describe, expect, test } from 'vitest';
import { isOfTheSameDay, readNotes } from './notes.ts';
import type { WorkflowRun } from './run.ts';

const sound = `- run: 7
  date: 2026-11-20
  infrastructure: registry
  cause: the registry was down
`;

test('a list of notes, in YAML or JSON; no notes at all', () => {
  const note = { run: 7, date: '2026-11-20', infrastructure: 'registry', cause: 'the registry was down' };
  expect(readNotes(sound)).toEqual({ notes: [note], problems: [] });
  expect(readNotes(JSON.stringify([note]))).toEqual({ notes: [note], problems: [] });
  expect(readNotes('# nothing happened\n')).toEqual({ notes: [], problems: [] });
});

describe('what is wrong is told with its line', () => {
  test.each([
    ['run: 7', 'run: seven', /^line 1: run: expected the id of a run$/],
    ['2026-11-20', '2026-11-31', /^line 2: date: expected a day/],
    ['2026-11-20', 'yesterday', /^line 2: date: expected a day/],
    ['registry\n', 'code\n', /^line 3: infrastructure: expected one of cluster, database/],
    ['the registry was down', 'flaky', /^line 4: cause: expected what was broken/],
    ['cause:', 'why:', /^line 1: cause: expected/],
    ['  date: 2026-11-20\n', '  run: 8\n', /^line 2: Map keys must be unique/],
  ])('%j → %j', (from, to, message) => {
    const { notes, problems } = readNotes(sound.replace(from, to));
    expect(notes).toEqual([]);
    expect(problems[0]).toMatch(message);
  });
  test('something else than a list', () => {
    expect(readNotes('run: 7').problems).toEqual(['line 1: expected a list of notes']);
  });
  test('all of it at once, and a run that has two notes', () => {
    expect(readNotes(`${sound}${sound}- 5\n`).problems).toEqual([
      'line 5: run: 7 has a note already',
      'line 9: expected a note with run, date, infrastructure, cause',
    ]);
  });
});

test('the same day is that of the start or of the end, in UTC, and no later one', () => {
  const note = (date: string) => ({ run: 7, date, infrastructure: 'node', cause: 'it lost power' }) as const;
  const run = (startedAt: string, updatedAt: string) => ({ startedAt, updatedAt }) as WorkflowRun;
  const overMidnight = run('2026-11-20T23:55:00Z', '2026-11-21T00:06:00Z');
  expect(
    ['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'].map((date) => isOfTheSameDay(note(date), overMidnight)),
  ).toEqual([false, true, true, false]);
  // Later updates of a run don't make later notes valid.
  expect(isOfTheSameDay(note('2026-12-01'), run('2026-11-20T10:00:00Z', '2026-12-01T10:00:00Z'))).toBe(false);
  expect(isOfTheSameDay(note('2026-11-20'), run('2026-11-21T01:00:00+02:00', '2026-11-21T01:05:00+02:00'))).toBe(true);
});
