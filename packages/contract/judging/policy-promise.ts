import { type Finding, findingsOf, flowOf, grouped, sentenceOf } from '@meho/network-policy/findings';
import type { Cell, Matrix } from '@meho/network-policy/matrix';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { PromiseId } from '@meho/network-policy/promises';
import type { Check, Verdict } from '../check.ts';
import { notMeasuredVerdict, POLICY_ENFORCED } from '../checks/policy-enforced.ts';

/** Causes named on a line; the evidence has the rest. */
const groupsNamed = 4;
const sentencesKept = 40;

interface Judged {
  readonly id: PromiseId;
  readonly title: string;
  readonly expected: string;
  readonly acceptable?: true;
  /** Selects the check's cells. */
  readonly of: (cell: Cell) => boolean;
  readonly holds: (cells: readonly Cell[], skipped: Matrix['skipped']) => Verdict;
}

export function agreeing(cells: readonly Cell[], none: string): Verdict {
  return cells.length === 0
    ? { outcome: 'skipped', reason: `not made: ${none}` }
    : { outcome: 'holds', observed: `${cells.length} flows are as the contract declares them` };
}

export function promiseCheck(measurement: PolicyMeasurement, promise: Judged): Check<'cluster'> {
  const { id, title, expected, of, holds } = promise;
  return {
    id,
    title,
    needs: ['cluster'],
    after: [POLICY_ENFORCED],
    explainedBy: [POLICY_ENFORCED],
    async run(_given, signal) {
      try {
        const matrix = await measurement.matrix(signal);
        const all = findingsOf(matrix);
        const [cells, findings] = [matrix.cells.filter(of), all.filter(({ check }) => check === id)];
        if (findings.length > 0) {
          return violated(promise, cells, findings, matrix);
        }
        // The check of the other broken promise reports these flows.
        const elsewhere = all.filter(({ kind, cell }) => kind !== 'unproven denial' && cell !== undefined && of(cell));
        return id !== 'policy-denials' && elsewhere.length > 0
          ? {
              outcome: 'skipped',
              reason: `not made: ${elsewhere.length} of its flows are reported by ${elsewhere[0]?.check}`,
            }
          : holds(cells, matrix.skipped);
      } catch (error) {
        signal.throwIfAborted();
        return notMeasuredVerdict(expected, error);
      }
    },
  };
}

function violated(
  { expected, acceptable }: Judged,
  cells: readonly Cell[],
  findings: readonly Finding[],
  { skipped }: Matrix,
): Verdict {
  const groups = grouped(findings);
  const named = groups.slice(0, groupsNamed).map(({ findings: members, rule }) => `${members.length} by ${rule}`);
  const [first] = groups[0]?.findings ?? [];
  const example = first?.cell === undefined ? first?.what : `${flowOf(first.cell)}: ${first.what}`;
  const more = groups.length > groupsNamed ? `; and ${groups.length - groupsNamed} further causes` : '';
  // Findings may name cells outside the promise.
  const all = new Set([...cells, ...findings.flatMap(({ cell }) => cell ?? [])]);
  return {
    outcome: 'violated',
    expected,
    observed: `${findings.length} of ${all.size} flows are not, e.g. ${example}`,
    hint: `the rules: ${named.join(' | ')}${more}`,
    severity: 'failure',
    evidence: [...findings.slice(0, sentencesKept).map(sentenceOf), ...skipsOf(skipped)],
    ...(acceptable && findings.every(({ tooWide }) => tooWide) ? { acceptable } : {}),
  };
}

/** Shown on the green line; evidence and reports say why. */
export function notAsked(skipped: Matrix['skipped']): readonly string[] {
  return skipped.length === 0 ? [] : [`not probed: ${skipped.map(({ what }) => what).join(', ')}`];
}

export function skipsOf(skipped: Matrix['skipped']): readonly string[] {
  return skipped.map(({ what, why }) => `not probed: ${what}: ${why}`);
}
