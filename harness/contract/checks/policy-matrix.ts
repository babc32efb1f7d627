import { type Finding, findingsOf, flowOf, grouped, sentenceOf } from '../../policy/findings.ts';
import type { PolicyLook } from '../../policy/look.ts';
import type { Cell, Matrix } from '../../policy/matrix.ts';
import type { PromiseId } from '../../policy/promises.ts';
import type { Check, Verdict } from '../check.ts';
import { POLICY_ENFORCED, unplaced } from './policy-enforced.ts';

/** How much of what is wrong a line names: the rest is in the evidence. */
const groupsNamed = 4;
const sentencesKept = 40;

interface Judged {
  readonly id: PromiseId;
  readonly title: string;
  readonly expected: string;
  /** Whether flows that are open and should not be may be accepted. */
  readonly acceptable?: true;
  /** The cells that the check is about. */
  readonly of: (cell: Cell) => boolean;
  readonly holds: (cells: readonly Cell[], skipped: Matrix['skipped']) => Verdict;
}

/** What the contract declares, what the NetworkPolicy objects say and what probes see is the same, flow by flow. */
export function policyMatrix(look: PolicyLook): Check<'cluster'> {
  return judged(look, {
    id: 'policy-matrix',
    title: 'Who may talk to whom is what the contract declares',
    expected: 'every flow as the contract declares it, as the NetworkPolicy objects say and as the probe sees',
    of: ({ declared }) => declared.about === undefined,
    holds: (cells, skipped) => {
      const open = cells.filter(({ observed }) => observed.answer === 'connected').length;
      const agree = `${cells.length} flows, ${open} open and ${cells.length - open} closed, agree in all three tables`;
      return { outcome: 'holds', observed: [agree, ...notAsked(skipped)].join('; '), evidence: skipsOf(skipped) };
    },
  });
}

/** A chart in the field may leave its broadcast open to every pod (contract, "Two dialects"): told apart, and acceptable. */
export function broadcastConfined(look: PolicyLook): Check<'cluster'> {
  return judged(look, {
    id: 'policy-broadcast',
    title: 'The broadcast is reached by the backplane alone, and calls nobody',
    expected: 'every flow from and to the broadcast as the contract declares it',
    acceptable: true,
    of: ({ declared }) => declared.about === 'broadcast',
    holds: (cells) => agreeing(cells, 'no flow from or to a broadcast of the release was probed'),
  });
}

/** So may it let DNS out to more than the cluster's own. */
export function dnsConfined(look: PolicyLook): Check<'cluster'> {
  return judged(look, {
    id: 'policy-dns',
    title: "DNS goes to the cluster's own servers alone, by 53/UDP",
    expected: "port 53 closed to the backplane and its migration, but for 53/UDP of kube-system's kube-dns pods",
    acceptable: true,
    of: ({ declared }) => declared.about === 'dns',
    holds: (cells) => agreeing(cells, 'no flow to port 53 was probed that the contract closes'),
  });
}

function agreeing(cells: readonly Cell[], none: string): Verdict {
  return cells.length === 0
    ? { outcome: 'skipped', reason: `not made: ${none}` }
    : { outcome: 'holds', observed: `${cells.length} flows are as the contract declares them` };
}

/** A silence is a denial only where the same probe got through without the policies. */
export function denialsProven(look: PolicyLook): Check<'cluster'> {
  return judged(look, {
    id: 'policy-denials',
    title: 'Every denial is proven',
    expected: 'for every closed flow the same probe getting through without the policies, and a peer that gets through',
    of: () => true,
    holds: (cells, skipped) => {
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

function judged(look: PolicyLook, promise: Judged): Check<'cluster'> {
  const { id, title, expected, of, holds } = promise;
  return {
    id,
    title,
    needs: ['cluster'],
    after: [POLICY_ENFORCED],
    explainedBy: [POLICY_ENFORCED],
    async run(_given, signal) {
      try {
        const matrix = await look.matrix(signal);
        const all = findingsOf(matrix);
        const [cells, findings] = [matrix.cells.filter(of), all.filter(({ check }) => check === id)];
        if (findings.length > 0) {
          return violated(promise, cells, findings, matrix);
        }
        // What is wrong with one of its flows may break another promise: then that check's line tells it.
        const elsewhere = all.filter(({ kind, cell }) => kind !== 'unproven denial' && cell !== undefined && of(cell));
        return id !== 'policy-denials' && elsewhere.length > 0
          ? {
              outcome: 'skipped',
              reason: `not made: ${elsewhere.length} of its flows are told by ${elsewhere[0]?.check}`,
            }
          : holds(cells, matrix.skipped);
      } catch (error) {
        signal.throwIfAborted();
        return unplaced(expected, error);
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
  // A cell that is wrong by a rule beyond its promise is counted where it is found.
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

/** What a green line must not hide; why is in the evidence and in the reports. */
function notAsked(skipped: Matrix['skipped']): readonly string[] {
  return skipped.length === 0 ? [] : [`not probed: ${skipped.map(({ what }) => what).join(', ')}`];
}

function skipsOf(skipped: Matrix['skipped']): readonly string[] {
  return skipped.map(({ what, why }) => `not probed: ${what}: ${why}`);
}
