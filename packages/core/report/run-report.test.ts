import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import schema from './run-report.schema.json' with { type: 'json' };
import { mapTexts, worstFirst } from './run-report.ts';
import { runSummary } from './run-summary.ts';
import { aCorpus, aRollback, aRun } from './testing/a-run.ts';

const nasty = '<script>alert(1)</script> | @someone';

describe('the document', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(schema);

  test('keeps to its published schema, whole or where nothing came up', () => {
    const { underTest, ...rest } = aRun();
    expect(isValid(aRun()) ? [] : isValid.errors).toEqual([]);
    expect(isValid(rest) ? [] : isValid.errors).toEqual([]);
    expect(isValid(aRun({ corpus: aCorpus(), rollback: aRollback() })) ? [] : isValid.errors).toEqual([]);
    expect(isValid({ ...aRun(), corpus: { about: '', rows: [{ file: 'a.sql' }] } })).toBe(false);
    const ended = { how: 'broke off', during: 'images', why: 'no engine' } as const;
    expect(isValid(aRun({ ended })) ? [] : isValid.errors).toEqual([]);
    // As written by versions before promises were told.
    const { promises, next, ...old } = aRun();
    expect(isValid(old) ? [] : isValid.errors).toEqual([]);
    expect([promises, next]).not.toContain(undefined);
    expect(underTest).toBeDefined();
  });

  test('can’t be green with a failed test, or without any', () => {
    expect(isValid(aRun({ outcome: 'passed' }))).toBe(false);
    const tally = { passed: 0, failed: 0, skipped: 0 };
    expect(isValid(aRun({ outcome: 'passed', tally }))).toBe(false);
    expect(isValid(aRun({ outcome: 'passed', tally: { ...tally, passed: 1 } }))).toBe(true);
  });
});

test('every text is changed, wherever it stands', () => {
  expect(mapTexts({ a: 'x', b: ['x', { c: 'x' }], d: 1, e: undefined, f: null }, () => 'y')).toEqual({
    a: 'y',
    b: ['y', { c: 'y' }],
    d: 1,
    f: null,
  });
});

test('failed tests come first, then skipped ones, else in their order', () => {
  expect(worstFirst(aRun().tests).map(({ state }) => state)).toEqual(['failed', 'skipped', 'passed', 'passed']);
});

test('the summary begins as the report does: what broke, since when, what to run next, the broken promise first', () => {
  const [, , , since, next, promises = ''] = runSummary(aRun()).split('\n\n');
  expect(since).toContain('since the run of 2026-01-01 09');
  expect(next).toMatch(/^Run next: <code>npm run acceptance .*smoke/);
  const [, , ...rows] = promises.split('\n');
  expect(rows.map((row) => row.replaceAll(/&#(\d+);/g, (_, point) => String.fromCodePoint(Number(point))))).toEqual([
    '| Smoke and federation | ✗ broken | 2 stories: 1 failed, 1 passed; 1 check, made 2 times. |',
    '| Cold install | ◐ partly proven | 2 stories: 1 passed, 1 skipped; 1 check, made 1 time. |',
  ]);
});

test('a run that ended early has no verdict in its summary, and what it is called stays a text', () => {
  const ended = { how: 'broke off', during: nasty, why: 'no engine' } as const;
  const summary = runSummary(aRun({ ended }));
  expect(summary).toMatch(/^### MEHO acceptance: \*\*no verdict\*\*\n\nNo verdict.* the run broke off after /);
  expect(summary).not.toMatch(/<script>|@someone/);
});

test('the summary tells verdict, skips with reasons, and what was under test', () => {
  const run = aRun();
  const tests = run.tests.map((each) =>
    each.state === 'skipped' ? { ...each, detail: `${each.detail} ${nasty}` } : each,
  );
  const summary = runSummary({ ...run, tests });
  expect(summary).toMatch(
    /^### MEHO acceptance: \*\*failed\*\*\n\nBroken.*Smoke and federation\..*\n\n2 passed, 1 failed, 1 skipped in /,
  );
  expect(summary).not.toMatch(/<script>|@someone/);
  expect(summary).toContain('this cluster is not ours');
  expect(summary).toContain('k3s v1.34.4');
  const { underTest, ...without } = run;
  expect(runSummary(without)).toContain('There was no cluster: the suites asked for none, or it did not come up.');
  expect(underTest).toBeDefined();
});
