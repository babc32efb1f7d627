import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again for `forMs` milliseconds and fails at the first look that finds the promise broken.
 *
 * @param probe gives undefined while the promise holds, otherwise what was seen
 * @throws Error naming what was promised, what was seen and after how long
 */
export async function consistently(
  what: string,
  probe: () => Promise<string | undefined>,
  { forMs, intervalMs = 200, signal }: { forMs: number; intervalMs?: number; signal?: AbortSignal },
): Promise<void> {
  const started = performance.now();
  while (performance.now() - started < forMs) {
    signal?.throwIfAborted();
    const broken = await probe();
    if (broken !== undefined) {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      throw new Error(`expected ${what} for ${forMs / 1000} s; broken after ${seconds} s: ${broken}`);
    }
    await delay(intervalMs, undefined, signal === undefined ? {} : { signal });
  }
}
