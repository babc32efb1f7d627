import { Problem } from '@meho/core/problem';
import { askVerifier } from '../faults/ask-verifier.ts';
import type { Evaluation } from '../faults/evaluation.ts';
import type { CommandLine, FaultSuite, ReleaseContext } from '../faults/fault.ts';
import type { BenchContext } from './bench.ts';

export const repetitions = 10;

export interface Verdict extends Pick<FaultSuite, 'verifier'> {
  healthyCommandLine(context: ReleaseContext): Promise<CommandLine>;
}

/** @throws Problem unless green without warnings */
export async function verdict(context: BenchContext, { verifier, healthyCommandLine }: Verdict): Promise<Evaluation> {
  const seen = await askVerifier(context.verifiers, verifier, await healthyCommandLine(context), context.signal);
  if (seen.red.length > 0 || seen.warned.length > 0) {
    throw new Problem({
      expected: `a green verdict of ${verifier} on a healthy release`,
      observed: seen.words,
      next: 'run `npm run acceptance` first: a bench of a broken release measures nothing',
    });
  }
  return seen;
}

/** Alternates with a baseline, to meet the same load. */
export async function besides(
  context: BenchContext,
  asked: Verdict,
  baseline: (context: BenchContext) => Promise<number>,
): Promise<readonly { readonly seen: Evaluation; readonly baselineMs: number }[]> {
  // The first is slower: files are read and code is compiled.
  await verdict(context, asked);
  await baseline(context);
  const rounds: { readonly seen: Evaluation; readonly baselineMs: number }[] = [];
  for (let round = 0; round < repetitions; round += 1) {
    rounds.push({ seen: await verdict(context, asked), baselineMs: await baseline(context) });
  }
  return rounds;
}
