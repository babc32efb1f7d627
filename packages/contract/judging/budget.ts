import type { Verdict } from '../check.ts';

export interface Stopwatch {
  /** E.g. `INSTALL_START_TS`. */
  readonly variable: string;
  /** Seconds since 1970. */
  readonly startedAt: string | undefined;
  readonly limitSeconds: number;
  /** Makes notes and warnings failures. */
  readonly enforce: boolean;
}

/**
 * Contract, install-verify check 7 and smoke leg 6; whole seconds, the variable's unit.
 *
 * @param nowMs milliseconds since 1970
 */
export function judgeBudget({ variable, startedAt, limitSeconds, enforce }: Stopwatch, nowMs: number): Verdict {
  const expected = `at most ${limitSeconds} s since ${variable}`;
  const setIt = `set ${variable} to "$(date +%s)" in the wrapper's first instruction`;
  const severity = enforce ? 'failure' : 'advice';
  if (startedAt === undefined || startedAt === '') {
    return enforce
      ? { outcome: 'violated', expected, observed: `${variable} is not set`, hint: setIt, severity }
      : { outcome: 'skipped', reason: `${variable} is not set; ${setIt}` };
  }
  if (!/^\d{1,15}(\.\d+)?$/.test(startedAt)) {
    const observed = `${variable} is not a number of seconds`;
    return { outcome: 'violated', expected, observed, hint: setIt, severity };
  }
  const elapsedSeconds = Math.floor(nowMs / 1000) - Math.floor(Number(startedAt));
  if (elapsedSeconds < 0) {
    const observed = `${variable} lies ${-elapsedSeconds} s in the future`;
    return { outcome: 'violated', expected, observed, hint: `it counts seconds, not milliseconds; ${setIt}`, severity };
  }
  if (elapsedSeconds > limitSeconds) {
    const hint = 'see which phase took long: image pulls, the migration Job, readiness or the certificate';
    return { outcome: 'violated', expected, observed: `${elapsedSeconds} s`, hint, severity };
  }
  return { outcome: 'holds', observed: `${elapsedSeconds} s of ${limitSeconds} s` };
}
