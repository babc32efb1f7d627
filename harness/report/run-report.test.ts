import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { runHtml } from './run-html.ts';
import schema from './run-report.schema.json' with { type: 'json' };
import { mapTexts, worstFirst } from './run-report.ts';
import { runSummary } from './run-summary.ts';
import { aRun } from './testing/a-run.ts';

const nasty = '<script>alert(1)</script> | @someone';

describe('the document', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(schema);

  test('keeps to its published schema, whole or where nothing came up', () => {
    const { underTest, ...rest } = aRun();
    expect(isValid(aRun()) ? [] : isValid.errors).toEqual([]);
    expect(isValid(rest) ? [] : isValid.errors).toEqual([]);
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

test('the page holds nothing that a deployment made into a tag', () => {
  const run = aRun();
  const page = runHtml({ ...run, checks: run.checks.map((check) => ({ ...check, observed: nasty })) });
  expect(page).not.toContain('<script>alert');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('the summary tells verdict, failure, skips with reasons, and what was under test', () => {
  const run = aRun();
  const tests = run.tests.map((each) => (each.state === 'failed' ? { ...each, detail: nasty } : each));
  const summary = runSummary({ ...run, tests });
  expect(summary).toMatch(/^### MEHO acceptance: \*\*failed\*\*\n\n2 passed, 1 failed, 1 skipped in /);
  expect(summary).not.toMatch(/<script>|@someone/);
  expect(summary).toContain('this cluster is not ours');
  expect(summary).toContain('k3s v1.34.4');
  const { underTest, ...without } = run;
  expect(runSummary(without)).toContain('There was no cluster: the suites asked for none, or it did not come up.');
  expect(underTest).toBeDefined();
});
