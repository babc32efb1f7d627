import type { Check } from '../check.ts';
import { judgeBudget, type Stopwatch } from '../judging/budget.ts';

/**
 * Contract, install-verify check 7 and smoke leg 6. Waits for `after`, because the time counts until the verifier's
 * last line.
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
