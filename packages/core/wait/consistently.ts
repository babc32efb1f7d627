import { setTimeout as delay } from 'node:timers/promises';

/**
 * Fails at the first violation.
 * @param probe undefined while the promise holds, else what was seen @throws Error with the promise, what was seen and
 * when
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
