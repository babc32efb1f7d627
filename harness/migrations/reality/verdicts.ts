import type { Finding } from '../finding.ts';
import type { RuleId } from '../rules/rules.ts';
import type { CorpusMigration, Outcome } from './corpus.ts';
import type { Reality } from './try-migration.ts';

/** One row of the table: what the lint said before, and what was seen after. */
export interface CorpusRow {
  readonly migration: CorpusMigration;
  readonly errors: readonly RuleId[];
  readonly warnings: readonly RuleId[];
  readonly reality: Reality;
  readonly agreement: 'agrees' | 'warned' | 'false alarm' | 'MISSED';
  /** What is not as the corpus says it should be. */
  readonly surprises: readonly string[];
}

/** @param findings of a run that doesn't allow what can't be followed */
export function judgeRow(migration: CorpusMigration, findings: readonly Finding[], reality: Reality): CorpusRow {
  const of = (severity: Finding['severity']) =>
    unique(
      findings
        .filter((finding) => finding.severity === severity && finding.override === undefined)
        .map(({ rule }) => rule),
    );
  const errors = of('error');
  const warnings = of('warning');
  const isFine = reality.outcomes.length === 1 && reality.outcomes[0] === 'fine';
  const agreement = isFine
    ? errors.length > 0
      ? 'false alarm'
      : warnings.length > 0
        ? 'warned'
        : 'agrees'
    : errors.length > 0
      ? 'agrees'
      : 'MISSED';
  const surprises = [
    ...(agreement === 'MISSED' ? ['the lint passed what N does not get through'] : []),
    ...(agreement === 'false alarm' && migration.falseAlarm === undefined
      ? ['a false alarm that nobody has explained']
      : []),
    ...differs('the lint finds', errors, migration.lint),
    ...differs('the lint warns of', warnings, migration.warnings),
    ...differs('image N', reality.outcomes, migration.reality),
  ];
  return { migration, errors, warnings, reality, agreement, surprises };
}

function differs(what: string, seen: readonly string[], expected: readonly string[]): string[] {
  const [one, other] = [unique(seen).sort().join(', '), unique(expected).sort().join(', ')];
  return one === other ? [] : [`${what}: expected ${other || 'nothing'}, seen ${one || 'nothing'}`];
}

/** How many rows of each kind there are, and what was lost while migrations ran. */
export function tallyOf(rows: readonly CorpusRow[]) {
  const count = (agreement: CorpusRow['agreement']) => rows.filter((row) => row.agreement === agreement).length;
  const outcomes = new Map<Outcome, number>();
  for (const outcome of rows.flatMap(({ reality }) => reality.outcomes)) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return {
    agrees: count('agrees'),
    warned: count('warned'),
    falseAlarms: count('false alarm'),
    missed: count('MISSED'),
    surprising: rows.filter(({ surprises }) => surprises.length > 0).length,
    outcomes,
  };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)].sort();
}
