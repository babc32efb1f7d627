import { describe, expect, test } from 'vitest';
import type { CompatReport, JudgedFile } from '../compat.ts';
import { githubLines } from './github.ts';
import { jsonReport } from './json.ts';
import { observedNotes, observedSummary } from './observed.ts';
import { textLines } from './text.ts';

const observed: JudgedFile = {
  path: '2.py',
  findings: [
    {
      rule: 'unforeseen-change',
      severity: 'error',
      file: '2.py',
      line: 7,
      column: 1,
      message: 'drops column audit_log.path, which no finding foretold',
      statement: '',
    },
  ],
  execution: { depth: 'online', statements: 3 },
  observation: {
    additive: 1,
    foretold: 2,
    unforeseen: 1,
    prepared: 'adds audit_log.note: …',
    unseen: [{ rule: 'drop-table', line: 9, message: 'drops table b' }],
    locks: [{ table: 'public.audit_log', mode: 'AccessExclusiveLock' }],
    notObserved: ['the locks within its autocommit block'],
  },
};
const unobserved: JudgedFile = {
  path: '3.sql',
  findings: [],
  observation: { why: 'only what Alembic runs is applied' },
};
const reportOf = (...files: readonly JudgedFile[]): CompatReport => ({
  outcome: 'incompatible',
  files,
  skipped: [],
  durationMs: 1,
});

describe('what was observed', () => {
  test('has a line for the three, and one for each difference', () => {
    expect(observedNotes(observed)).toEqual([
      '2.py: 0 findings predicted, 3 statements executed, 4 changes observed (1 additive, 2 judged, 1 unforeseen)',
      '2.py holds until its transaction ends: audit_log AccessExclusiveLock',
      '2.py adds audit_log.note: …',
      '2.py:9 drop-table is predicted, but was not observed: drops table b',
      '2.py: not observed: the locks within its autocommit block',
    ]);
    expect(observedNotes(unobserved)).toEqual(['3.sql is not observed: only what Alembic runs is applied']);
    expect(observedSummary(reportOf(observed, unobserved))).toEqual([
      'observed on empty tables: 1 of 2 migrations; not observed: rows, and how long other sessions wait',
    ]);
  });
  test('is a note in text and on GitHub, and a part of the document', () => {
    const report = reportOf(observed, unobserved);
    const notes = textLines(report).filter(({ status }) => status === 'note');
    expect(notes.map(({ text }) => text)).toContain('3.sql is not observed: only what Alembic runs is applied');
    expect(githubLines(report).filter((line) => line.startsWith('::notice title=observed::'))).toHaveLength(7);
    expect(jsonReport(report, 1)).toMatchObject({
      files: [
        { observation: { observed: true, unforeseen: 1, unseen: [{ rule: 'drop-table' }] } },
        { observation: { observed: false, why: 'only what Alembic runs is applied' } },
      ],
    });
  });
  test('is nothing where nobody asked', () => {
    const plain = { path: '1.py', findings: [] };
    expect([...observedNotes(plain), ...observedSummary(reportOf(plain))]).toEqual([]);
    expect(JSON.stringify(jsonReport(reportOf(plain), 1))).not.toContain('observation');
  });
});
