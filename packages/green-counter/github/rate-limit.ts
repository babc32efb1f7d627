import type { HttpAnswer } from '@meho/core/http/exchange';
import { retryAfterMs } from '@meho/core/http/retry';

/** GitHub's advice for a limit without a time. */
const unsaidWaitMs = 60_000;

/**
 * Returns ms; undefined without a limit. Compares the reset with the answer's own `Date`, since our clock may be off.
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
