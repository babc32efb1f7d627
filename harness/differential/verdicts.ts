import { failureLine } from '@meho/core/failure';
import type { CorpusMigration, Outcome } from '@meho/migration-lint/corpus/corpus';
import type { Finding } from '@meho/migration-lint/finding';
import type { RuleId } from '@meho/migration-lint/rules/rules';
import type { DifferentialResult } from './try-migration.ts';

export interface CorpusRow {
  readonly migration: CorpusMigration;
  readonly errors: readonly RuleId[];
  readonly warnings: readonly RuleId[];
  readonly observed: DifferentialResult;
  readonly agreement: 'agrees' | 'warned' | 'false alarm' | 'MISSED';
  readonly surprises: readonly string[];
}

/** @param findings from a run without `allowUnjudged` */
export function compareRow(
  migration: CorpusMigration,
  findings: readonly Finding[],
  result: DifferentialResult,
): CorpusRow {
  const of = (severity: Finding['severity']) =>
    unique(
      findings
        .filter((finding) => finding.severity === severity && finding.override === undefined)
        .map(({ rule }) => rule),
    );
  const errors = of('error');
  const warnings = of('warning');
  const isFine = result.outcomes.length === 1 && result.outcomes[0] === 'fine';
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
    ...differs('image N', result.outcomes, migration.observed),
  ];
  return { migration, errors, warnings, observed: result, agreement, surprises };
}

function differs(what: string, seen: readonly string[], expected: readonly string[]): string[] {
  const [one, other] = [unique(seen).sort().join(', '), unique(expected).sort().join(', ')];
  return one === other ? [] : [`${what}: ${failureLine({ expected: other || 'nothing', observed: one || 'nothing' })}`];
}

export function tallyOf(rows: readonly CorpusRow[]) {
  const count = (agreement: CorpusRow['agreement']) => rows.filter((row) => row.agreement === agreement).length;
  const outcomes = new Map<Outcome, number>();
  for (const outcome of rows.flatMap(({ observed: result }) => result.outcomes)) {
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

/** Ids of rules, `warns: ID`, or `additive`. */
export function predictedOf({ errors, warnings }: Pick<CorpusRow, 'errors' | 'warnings'>): readonly string[] {
  const all = [...errors, ...warnings.map((rule) => `warns: ${rule}`)];
  return all.length === 0 ? ['additive'] : all;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)].sort();
}
