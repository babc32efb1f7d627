import { judgeBudget, type Stopwatch } from '../budget.ts';
import type { Check } from '../check.ts';

/**
 * The wall clock since the wrapper's first instruction (contract, install-verify check 7 and smoke leg 6). The stopwatch
 * stops at the verifier's last line, so this looks only when all checks named in `after` have their verdicts.
 */
export function budget(stopwatch: Stopwatch, after: readonly string[]): Check<never> {
  return {
    id: 'budget',
    title: `Wall clock within ${stopwatch.limitSeconds} s`,
    needs: [],
    after,
    async run() {
      return judgeBudget(stopwatch, Date.now());
    },
  };
}
