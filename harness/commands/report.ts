import { UsageError } from '@meho/core/problem';
import type { Command } from './command.ts';
import { compareUsage, runCompare } from './report/compare.ts';
import { mergeUsage, runMerge } from './report/merge-command.ts';
import { nightsUsage, runNights } from './report/nights-command.ts';

const kinds = {
  compare: (args: readonly string[]) => runCompare(args),
  merge: (args: readonly string[]) => runMerge(args),
  nights: (args: readonly string[]) => runNights(args),
} as const;

/** Looks at runs that are over: reads their reports, and nothing else. */
export const report: Command = {
  name: 'report',
  summary: 'what changed between runs, one report of a run’s shards, a page of the nights: compare, merge, nights',
  usage: [compareUsage, mergeUsage, nightsUsage].join('\n'),
  async run([kind = '', ...args]) {
    if (!isKind(kind)) {
      throw new UsageError([
        `expected ${Object.keys(kinds).join(' or ')} and reports of runs, got ${JSON.stringify(kind)}`,
      ]);
    }
    return kinds[kind](args);
  },
};

function isKind(text: string): text is keyof typeof kinds {
  return Object.hasOwn(kinds, text);
}
