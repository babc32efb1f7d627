import type { CheckRecord, RunReport } from '@meho/core/report/run-report';

export interface LostCheck {
  readonly test: string;
  readonly id: string;
  readonly title: string;
  readonly before: readonly CheckRecord['outcome'][];
  /** Empty: it isn't made any more. */
  readonly after: readonly CheckRecord['outcome'][];
}

/**
 * Checks that held in a test that passed, and that neither hold nor are violated in the same test, which passes all the
 * same: it proves less than it did. Of a test that fails, is skipped or is gone, that alone is told.
 */
export function lostChecks(before: RunReport, after: RunReport): readonly LostCheck[] {
  const passes = new Set(after.tests.filter(({ state }) => state === 'passed').map(({ name }) => name));
  const now = byCheck(after.checks);
  return [...byCheck(before.checks)].flatMap(([key, records]) => {
    const [{ test, id, title } = { test: '', id: '', title: '' }] = records;
    const outcomes = outcomesOf(records);
    const present = outcomesOf(now.get(key) ?? []);
    const isLost = outcomes.includes('holds') && !present.includes('holds') && !present.includes('violated');
    return isLost && passes.has(test) ? [{ test, id, title, before: outcomes, after: present }] : [];
  });
}

function byCheck(checks: readonly CheckRecord[]): ReadonlyMap<string, readonly CheckRecord[]> {
  return Map.groupBy(checks, ({ test, id }) => JSON.stringify([test, id]));
}

const outcomesOf = (records: readonly CheckRecord[]) => [...new Set(records.map(({ outcome }) => outcome))].toSorted();
