import { install } from '../faults/install.ts';
import type { Bench } from './bench.ts';
import { baselineName, looks, shell } from './shell.ts';
import { median } from './table.ts';
import { besides, repetitions, type Verdict } from './verdicts.ts';

/** Design: half the shell's time. */
const barMs = 330;

/** The shell doesn't query the database either. */
export const installVerdict: Verdict = {
  verifier: install.verifier,
  healthyCommandLine: async (context) => {
    const { flags, env } = await install.healthyCommandLine(context);
    return { flags, env: { ...env, DATABASE_URL: '' } };
  },
};

export const installVerify: Bench = {
  title: `install-verify's verdict, ${repetitions} times beside a shell's`,
  async measure(context) {
    const rounds = await besides(context, installVerdict, (inTurn) => shell(inTurn, looks.install));
    return [
      {
        what: `install-verify, start to exit, median of ${repetitions}`,
        tookMs: median(rounds.map(({ seen }) => seen.durationMs)),
        barMs,
        baseline: { name: baselineName, tookMs: median(rounds.map(({ baselineMs }) => baselineMs)) },
      },
    ];
  },
};
