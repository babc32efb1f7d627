import type { HttpAnswer } from '../http/exchange.ts';
import { retryAfterMs } from '../http/retry.ts';

/** What GitHub advises where a limit is named without saying for how long. */
const unsaidWaitMs = 60_000;

/**
 * How long GitHub wants to be left alone after this answer, in milliseconds; undefined where it is no matter of limits.
 * The moment of the reset is told by GitHub's clock, and so it is compared with the `Date` of the same answer: a
 * machine whose clock is off waits neither for ever nor not at all.
 *
 * Source: "Rate limits for the REST API" (primary: remaining 0 and reset; secondary: retry-after, or a message).
 */
export function rateLimitWaitMs({ status, headers, body }: HttpAnswer, localNowMs = Date.now()): number | undefined {
  if (status !== 403 && status !== 429) {
    return undefined;
  }
  if (headers['retry-after'] !== undefined) {
    return retryAfterMs({ headers }, localNowMs) ?? 0;
  }
  const reset = headers['x-ratelimit-reset'];
  if (headers['x-ratelimit-remaining'] === '0' && typeof reset === 'string' && /^\d{1,12}$/.test(reset)) {
    const serverNowMs = headers.date === undefined ? Number.NaN : Date.parse(headers.date);
    return Math.max(0, Number(reset) * 1000 - (Number.isNaN(serverNowMs) ? localNowMs : serverNowMs));
  }
  return status === 429 || /rate limit/i.test(body) ? unsaidWaitMs : undefined;
}
