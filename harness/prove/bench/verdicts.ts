import { Problem } from '../../problem.ts';
import { askVerifier } from '../ask-verifier.ts';
import type { Asked, ProveContext, Story } from '../story.ts';
import type { Seen } from '../verdict.ts';
import type { BenchContext } from './bench.ts';

/** How often a verdict is asked for; the median counts. */
export const repetitions = 10;

/** A verifier and how it is asked about the healthy release. */
export interface Verdict extends Pick<Story, 'verifier'> {
  ask(context: ProveContext): Promise<Asked>;
}

/** One verdict, from the process' start to its exit. @throws Problem unless it is green without a warning */
export async function verdict(context: BenchContext, { verifier, ask }: Verdict): Promise<Seen> {
  const seen = await askVerifier(context.verifiers, verifier, await ask(context), context.signal);
  if (seen.red.length > 0 || seen.warned.length > 0) {
    throw new Problem({
      expected: `a green verdict of ${verifier} on a healthy release`,
      observed: seen.words,
      next: 'run `npm run acceptance` first: a bench of a broken release measures nothing',
    });
  }
  return seen;
}

/** Verdicts in turn with a baseline, so that both meet the same load. */
export async function besides(
  context: BenchContext,
  asked: Verdict,
  baseline: (context: BenchContext) => Promise<number>,
): Promise<readonly { readonly seen: Seen; readonly baselineMs: number }[]> {
  // The first of each is slower than all that come after it: files are read from the disk and code is compiled.
  await verdict(context, asked);
  await baseline(context);
  const rounds: { readonly seen: Seen; readonly baselineMs: number }[] = [];
  for (let round = 0; round < repetitions; round += 1) {
    rounds.push({ seen: await verdict(context, asked), baselineMs: await baseline(context) });
  }
  return rounds;
}
