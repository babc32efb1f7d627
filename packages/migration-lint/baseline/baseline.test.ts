import { describe, expect, test } from 'vitest';
import { lintPython, lintSql } from '../testing/lint-text.ts';
import { acceptAll, applyBaseline } from './apply.ts';
import { baselineText, parseBaseline } from './baseline.ts';

const cwd = '/repository';
const isWhole = true;
const judged = (text: string, path = 'migrations/1.sql') => ({
  path,
  findings: (path.endsWith('.py') ? lintPython(text) : lintSql(text)).findings,
});

function acceptedOf(before: string, after: string, path?: string) {
  const written = acceptAll('baseline.json', [judged(before, path)], cwd);
  const baseline = parseBaseline('baseline.json', baselineText(false, written));
  const { files, use } = applyBaseline(baseline, [judged(after, path)], { cwd, isWhole });
  const left = files.flatMap(({ findings }) => findings.filter(({ acceptedBy }) => acceptedBy === undefined));
  return { accepted: use.findings, left: left.map(({ rule }) => rule), stale: use.stale.map(({ rule }) => rule), use };
}

const drop = 'ALTER TABLE audit_log DROP COLUMN payload;';
const long = `UPDATE audit_log SET path = '${'x'.repeat(200)}'`;
const python = (body: string, before = '') =>
  `from alembic import op\n${before}\nrevision = "1"\n\n\ndef upgrade():\n${body.replaceAll(/^/gm, '    ')}\n`;

describe('a baseline accepts a statement', () => {
  test.each([
    ['as it was', drop, drop],
    ['on another line', drop, `SELECT 1;\n-- moved\n\n  ${drop}`],
    [
      'with other ends of lines',
      'ALTER TABLE audit_log\n  DROP COLUMN payload;',
      'ALTER TABLE audit_log\r\n  DROP COLUMN payload;',
    ],
  ])('%s', (_, before, after) => {
    expect(acceptedOf(before, after)).toMatchObject({ accepted: 1, left: [], stale: [] });
  });
  test.each([
    ['on other values', drop, 'ALTER TABLE audit_log DROP COLUMN path;', ['drop-column'], ['drop-column']],
    ['once more', drop, `${drop}\nSELECT 1;\n${drop}`, ['drop-column'], []],
    ['behind the 160 characters that are shown', `${long};`, `${long} WHERE true;`, ['update-rows'], ['update-rows']],
    [
      'with one more finding',
      drop,
      'ALTER TABLE audit_log DROP COLUMN payload CASCADE;',
      ['drop-column'],
      ['drop-column'],
    ],
    ['taken away', drop, 'SELECT 1;', [], ['drop-column']],
  ])('not %s', (_, before, after, left, stale) => {
    expect(acceptedOf(before, after)).toMatchObject({ left, stale });
  });
  test('not in another file', () => {
    const written = acceptAll('baseline.json', [judged(drop)], cwd);
    const baseline = { file: 'baseline.json', executed: false, accepted: written };
    const { use } = applyBaseline(baseline, [judged(drop, 'migrations/2.sql')], { cwd, isWhole });
    expect(use).toMatchObject({ findings: 0, stale: [{ file: 'migrations/1.sql' }] });
  });
  test('not where a warning has become an error', () => {
    const entry = acceptAll('baseline.json', [judged(drop)], cwd).map((one) => ({
      ...one,
      severity: 'warning' as const,
    }));
    const { use } = applyBaseline({ file: 'b', executed: false, accepted: entry }, [judged(drop)], { cwd, isWhole });
    expect(use.findings).toBe(0);
  });
});

describe('of Python', () => {
  const path = 'versions/1.py';
  const helper = 'def set_path(value):\n    op.execute(f"UPDATE audit_log SET path = \'{value}\'")\n';
  test.each([
    ['its call has changed', python('op.drop_column("audit_log", "a")'), python('op.drop_column("audit_log", "b")')],
    [
      'one more call of a helper does the same with another value',
      python('set_path("x")', helper),
      python('set_path("y")\nset_path("x")', helper),
    ],
    [
      'what could not be followed stands in a file that has changed',
      python('other(op)'),
      python('value = 1\nother(op)'),
    ],
    [
      'part of the text is not known, and the file has changed',
      python('import os\nop.execute("DROP TABLE " + os.environ["A"])'),
      python('import os\nx = 1\nop.execute("DROP TABLE " + os.environ["A"])'),
    ],
  ])('not where %s', (_, before, after) => {
    expect(acceptedOf(before, after, path).left).not.toEqual([]);
    expect(acceptedOf(before, before, path).left).toEqual([]);
  });
  test('what was not judged is counted by itself', () => {
    expect(acceptedOf(python('other(op)'), python('other(op)'), path).use).toMatchObject({ findings: 1, unjudged: 1 });
  });
});

test('a budget that is used up and overrides are never accepted', () => {
  const nested = `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)};`;
  const without = `-- meho:allow drop-column\n${drop}`;
  const rules = [nested, without].map((text) => acceptAll('b', [judged(text)], cwd).map(({ rule }) => rule));
  expect(rules[1]).toEqual(['drop-column']);
  expect(rules[0]).not.toContain('budget-exhausted');
});

describe('a file that is no baseline', () => {
  const entry = {
    file: 'a.sql',
    rule: 'drop-column',
    severity: 'error',
    fingerprint: 'a'.repeat(32),
    count: 1,
    message: 'm',
  };
  const document = (changes: object) => ({
    schemaVersion: 1,
    verifier: 'migration-compat',
    executed: false,
    accepted: [entry],
    ...changes,
  });
  test.each<readonly [string, string]>([
    ['', 'no JSON'],
    ['[]', 'a document of something else'],
    [JSON.stringify(document({ verifier: 'smoke' })), 'a document of something else'],
    [JSON.stringify(document({ schemaVersion: 2 })), 'schemaVersion 2, not 1'],
    [JSON.stringify(document({ accepted: {} })), 'none of its "executed" and "accepted"'],
    ...(
      [
        [{ rule: 'no-such' }, 'for "no-such", which is no rule'],
        [{ rule: 'edited-migration' }, 'for edited-migration, which no baseline may accept'],
        [{ rule: 'budget-exhausted' }, 'for budget-exhausted, which no baseline may accept'],
        [{ fingerprint: '*' }, 'without a "fingerprint"'],
        [{ count: 0 }, 'without a "count"'],
        [{ count: 1.5 }, 'without a "count"'],
        [{ severity: 'info' }, 'without "severity"'],
        [{ file: '' }, 'without "file" or "message"'],
      ] as const
    ).map(
      ([changes, seen]) =>
        [JSON.stringify(document({ accepted: [{ ...entry, ...changes }] })), `accepted[0] ${seen}`] as const,
    ),
  ])('%s', (text, seen) => {
    expect(() => parseBaseline('b.json', text)).toThrow(`got ${seen};`);
  });
  test('and one that is', () => {
    expect(parseBaseline('b.json', JSON.stringify(document({}))).accepted).toEqual([entry]);
  });
});
