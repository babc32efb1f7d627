import { describe, expect, test } from 'vitest';
import { readCaptured, revisionsOf } from '../helm/testing/captured.ts';
import { scenarios } from '../helm/testing/scenarios.ts';
import { expectations, expectedOf, readOf } from './testing/recorded-expectations.ts';

/** What helm itself wrote down, of four versions; harness/helm/testing/capture-records.ts says how to do it again. */
const captures = readCaptured();

test('all four, and each did everything', () => {
  expect(captures.map(({ helm }) => helm).toSorted()).toEqual(['v3.18.5', 'v3.22.0', 'v4.2.4', 'v4.3.1']);
  for (const captured of captures) {
    expect(Object.keys(captured.scenarios)).toEqual(Object.keys(scenarios));
  }
  expect(Object.keys(expectations)).toEqual(Object.keys(scenarios));
});

describe.each(captures)('helm $helm', ({ helm, scenarios: written }) => {
  test.each(Object.keys(expectations))('%s', (name) => {
    expect(readOf(revisionsOf(written[name] ?? []))).toEqual(expectedOf(name, helm));
  });
});

test('only Helm 4.3 and newer write where they rolled back to', () => {
  const words = captures.map(({ helm, scenarios: written }) => [
    helm,
    revisionsOf(written['rolled back'] ?? []).at(-1)?.rollbackRevision,
  ]);
  expect(Object.fromEntries(words)).toEqual({
    'v3.18.5': undefined,
    'v3.22.0': undefined,
    'v4.2.4': undefined,
    'v4.3.1': 1,
  });
});
