import { Invalid, optional, required } from '@meho/core/command-line/flags';
import { wholeNumber } from '@meho/core/command-line/values';
import { out } from '@meho/core/report/output';
import { runPairs } from '../bench/pairs/run-pairs.ts';
import { pairSubjects } from '../bench/pairs/subjects.ts';
import { readInput } from './calling/input.ts';
import { suiteFlags } from './calling/suite-flags.ts';
import type { CommandContext } from './command.ts';

const known = pairSubjects.map(({ name }) => name);

export const pairsFlags = {
  baseline: required('COMMIT', 'pairs: the commit to compare with, which is built once in the cache', commit),
  only: optional('NAME,…', `pairs: what is timed, of ${known.join(', ')}; all without it`, someSubjects),
  pairs: optional('N', 'pairs: how many of each, instead of 11 or 21', wholeNumber(1, 1000)),
};

/** Ratios against a commit, one call after the other; a missed bar is reported and is no failure. */
export async function benchPairs(args: readonly string[], { progress, signal }: CommandContext): Promise<0> {
  const { values, settings } = readInput({ artefacts: suiteFlags.artefacts, ...pairsFlags }, args);
  const { baseline, only = known, pairs, artefacts } = values;
  const subjects = pairSubjects.filter(({ name }) => only.includes(name));
  const { cacheFolder } = settings;
  out(`${await runPairs({ baseline, subjects, pairs, cacheFolder, artefacts, progress, signal })}\n`);
  return 0;
}

export function commit(text: string): string | Invalid {
  return /^[\w][\w./~^-]*$/.test(text) ? text : new Invalid('a commit, e.g. 55e7e3e, a tag or main');
}

function someSubjects(text: string): readonly string[] | Invalid {
  const asked = text.split(',').map((name) => name.trim());
  return asked.every((name) => known.includes(name)) ? asked : new Invalid(`names among ${known.join(', ')}`);
}
