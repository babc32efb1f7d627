import { Problem } from '@meho/core/problem';
import { findingsOf } from '@meho/network-policy/findings';
import type { Change } from '@meho/network-policy/latency';
import { measurePolicyLatency } from '../release/network-policy/policy-latency.ts';
import { installForPolicy } from '../release/network-policy/policy-release.ts';
import type { Bench, Measured } from './bench.ts';
import { median } from './table.ts';

/** Design, "Numbers to reach": at least 480 probes. */
const matrixBarMs = 20_000;
const rounds = 3;
const changes: Readonly<Record<Change, string>> = {
  create: 'a new policy closes',
  widen: 'a wider policy opens',
  narrow: 'a narrower policy closes',
  delete: 'a deleted policy opens',
};

export const networkPolicy: Bench = {
  title: 'the policy matrix, and policies taking effect',
  async measure({ environment, timeline, signal }) {
    await using policy = await installForPolicy(environment, timeline, signal);
    const matrix = await policy.observe();
    const wrong = findingsOf(matrix);
    if (wrong.length > 0) {
      throw new Problem({
        expected: 'a matrix without findings on a healthy release',
        observed: `${wrong.length} findings, the first: ${wrong[0]?.what}`,
        next: 'run `npm run acceptance -- --suite network-policy` first: a bench of a broken release measures nothing',
      });
    }
    const { effects, newPods } = await measurePolicyLatency(environment, { rounds, signal });
    const rate = (matrix.probes * 1000) / matrix.tookMs;
    const rows: readonly Measured[] = [
      {
        what: `policy matrix: ${matrix.cells.length} flows, ${matrix.probes} probes with the controls, ${rate.toFixed(0)} a second`,
        tookMs: matrix.tookMs,
        barMs: matrixBarMs,
      },
      ...Object.entries(changes).map(([change, what]) => ({
        what: `${what}, median of ${rounds}`,
        tookMs: median(effects.filter((effect) => effect.change === change).map(({ byMs }) => byMs)),
      })),
      {
        what: `a new pod is open where its policy forbids it, the longest of ${rounds}`,
        tookMs: Math.max(...newPods.map(({ forbidden }) => forbidden.wrongForMs)),
      },
    ];
    return rows;
  },
};
