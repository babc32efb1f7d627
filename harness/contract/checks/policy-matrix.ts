import { type Finding, findingsOf, flowOf, grouped, sentenceOf } from '../../policy/findings.ts';
import type { PolicyLook } from '../../policy/look.ts';
import type { Matrix } from '../../policy/matrix.ts';
import type { Check, Verdict } from '../check.ts';
import { POLICY_ENFORCED, unplaced } from './policy-enforced.ts';

/** How much of what is wrong a line names: the rest is in the evidence. */
const groupsNamed = 4;
const sentencesKept = 40;

interface Judged {
  readonly id: string;
  readonly title: string;
  readonly kinds: readonly Finding['kind'][];
  readonly expected: string;
  readonly holds: (matrix: Matrix) => Verdict;
}

/** What the contract declares, what the NetworkPolicy objects say and what probes see is the same, flow by flow. */
export function policyMatrix(look: PolicyLook): Check<'cluster'> {
  return judged(look, {
    id: 'policy-matrix',
    title: 'Who may talk to whom is what the contract declares',
    kinds: ['disagreement', 'could not probe', 'nothing measured'],
    expected: 'every flow as the contract declares it, as the NetworkPolicy objects say and as the probe sees',
    holds: ({ cells, skipped }) => {
      const open = cells.filter(({ observed }) => observed.answer === 'connected').length;
      const agree = `${cells.length} flows, ${open} open and ${cells.length - open} closed, agree in all three tables`;
      return { outcome: 'holds', observed: [agree, ...notAsked(skipped)].join('; '), evidence: skipsOf(skipped) };
    },
  });
}

/** A silence is a denial only where the same probe got through without the policies. */
export function denialsProven(look: PolicyLook): Check<'cluster'> {
  return judged(look, {
    id: 'policy-denials',
    title: 'Every denial is proven',
    kinds: ['unproven denial'],
    expected: 'for every closed flow the same probe getting through without the policies, and a peer that gets through',
    holds: ({ cells, skipped }) => {
      const closed = cells.filter(({ observed }) => observed.answer === 'timed out' || observed.answer === 'refused');
      return closed.length === 0
        ? { outcome: 'skipped', reason: 'no flow was closed, so that there is no denial to prove' }
        : {
            outcome: 'holds',
            observed: `${closed.length} denials, each with its controls`,
            evidence: skipsOf(skipped),
          };
    },
  });
}

/** The probes went into pods that serve: these must not have noticed. */
export function probesHarmless(look: PolicyLook): Check<'cluster'> {
  return {
    id: 'policy-untouched',
    title: 'The probes left the release as it was',
    needs: ['cluster'],
    after: ['policy-matrix'],
    explainedBy: [POLICY_ENFORCED],
    async run(_given, signal) {
      const expected = 'the same pods, as ready as before, behind the same Services';
      try {
        const changes = await look.changes(signal);
        return changes.length === 0
          ? { outcome: 'holds', observed: expected }
          : {
              outcome: 'violated',
              expected,
              observed: changes.join('; '),
              hint: 'kubectl describe the pods: an ephemeral container has no part in readiness, so look for another cause, too',
              severity: 'failure',
            };
      } catch (error) {
        signal.throwIfAborted();
        return unplaced('probes in their places', error);
      }
    },
  };
}

function judged(look: PolicyLook, { id, title, kinds, expected, holds }: Judged): Check<'cluster'> {
  return {
    id,
    title,
    needs: ['cluster'],
    after: [POLICY_ENFORCED],
    explainedBy: [POLICY_ENFORCED],
    async run(_given, signal) {
      try {
        const matrix = await look.matrix(signal);
        const findings = findingsOf(matrix).filter(({ kind }) => kinds.includes(kind));
        return findings.length === 0 ? holds(matrix) : violated(expected, matrix, findings);
      } catch (error) {
        signal.throwIfAborted();
        return unplaced(expected, error);
      }
    },
  };
}

function violated(expected: string, matrix: Matrix, findings: readonly Finding[]): Verdict {
  const groups = grouped(findings);
  const named = groups.slice(0, groupsNamed).map(({ findings: members, rule }) => `${members.length} by ${rule}`);
  const [first] = groups[0]?.findings ?? [];
  const example = first?.cell === undefined ? first?.what : `${flowOf(first.cell)}: ${first.what}`;
  const more = groups.length > groupsNamed ? `; and ${groups.length - groupsNamed} further causes` : '';
  return {
    outcome: 'violated',
    expected,
    observed: `${findings.length} of ${matrix.cells.length} flows are not, e.g. ${example}`,
    hint: `the rules: ${named.join(' | ')}${more}`,
    severity: 'failure',
    evidence: [...findings.slice(0, sentencesKept).map(sentenceOf), ...skipsOf(matrix.skipped)],
  };
}

/** What a green line must not hide; why is in the evidence and in the reports. */
function notAsked(skipped: Matrix['skipped']): readonly string[] {
  return skipped.length === 0 ? [] : [`not probed: ${skipped.map(({ what }) => what).join(', ')}`];
}

function skipsOf(skipped: Matrix['skipped']): readonly string[] {
  return skipped.map(({ what, why }) => `not probed: ${what}: ${why}`);
}
