import type { PromiseReport } from '../run-report.ts';
import { counted, states, stories } from './words.ts';

/** Broken ones, then what was asked, then what wasn't; else in their order. */
export function worstFirst(promises: readonly PromiseReport[]): readonly PromiseReport[] {
  const rank = ({ state }: PromiseReport) => ({ bad: 0, unsure: 1, good: 1, soft: 2 })[states[state].tone];
  return promises.toSorted((a, b) => rank(a) - rank(b));
}

/** What stands behind its state; a dash where nothing does. */
export function behind({ stories: tally, checks, isWhole, state }: PromiseReport): string {
  const asked = tally.passed + tally.failed + tally.skipped;
  if (asked === 0) {
    return '–';
  }
  const ends = [
    ...(tally.failed === 0 ? [] : [`${tally.failed} failed`]),
    `${tally.passed} passed`,
    ...(tally.skipped === 0 ? [] : [`${tally.skipped} skipped`]),
  ];
  const made = checks.made === 0 ? '' : `; ${counted(checks.ids, 'check')}, made ${counted(checks.made, 'time')}`;
  const part = isWhole || state === 'unfinished' ? '' : ' Only a part of its stories was asked.';
  return `${stories(asked)}: ${ends.join(', ')}${made}.${part}`;
}
