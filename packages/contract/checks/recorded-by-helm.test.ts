import { readCaptured, revisionsOf } from '@meho/helm/testing/captured';
import { scenarios } from '@meho/helm/testing/scenarios';
import { describe, expect, test } from 'vitest';
import { expectations, expectedOf, readRecords } from '../testing/recorded-expectations.ts';

/** Recreated by packages/helm/testing/capture-records.ts. */
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
    expect(readRecords(revisionsOf(written[name] ?? []))).toEqual(expectedOf(name, helm));
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
