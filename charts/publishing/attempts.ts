import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, type ProgramOptions, runProgram } from './program.ts';
import { type Cause, causeIn, refusalOf } from './refusal.ts';

const attempts = 4;
const firstWaitMs = 2_000;
/** Longer than a job has. */
const longestWaitMs = 3 * 60_000;
const askDeadlineMs = 10_000;

/** Nothing that helps by waiting: what is private or absent stays so. */
const passing: ReadonlySet<Cause> = new Set(['limited', 'away']);

/**
 * Tries again what passes by itself. Helm comes back after 3 s at most, whatever the registry's Retry-After says; here it counts.
 *
 * @returns what it said @throws Refusal
 */
export async function untilServed(
  reference: string,
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const ended: Ended = await runProgram(file, args, options);
    if (ended.succeeded) {
      return ended.said;
    }
    const cause = causeIn(ended.said);
    const waitMs = cause === 'limited' ? await askedWaitMs(ended.said) : undefined;
    const isOver = attempt === attempts || (waitMs ?? 0) > longestWaitMs;
    if (!passing.has(cause) || isOver) {
      throw refusalOf(reference, ended.said);
    }
    const pauseMs = waitMs ?? firstWaitMs * 2 ** (attempt - 1);
    process.stderr.write(`${reference}: trying again in ${(pauseMs / 1000).toFixed(0)} s\n`);
    await delay(pauseMs);
  }
}

/** The registry's Retry-After for what it refused, which programs don't tell. */
async function askedWaitMs(said: string): Promise<number | undefined> {
  const url = /"?(https:\/\/[^\s"]+?)"?: (?:response|unexpected) status code 429/.exec(said)?.[1];
  if (url === undefined) {
    return undefined;
  }
  try {
    const { status, headers } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(askDeadlineMs) });
    return status === 429 ? retryAfterMs(headers, Date.now()) : undefined;
  } catch {
    return undefined; // then our own wait is as good
  }
}

/** Seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const told = headers.get('retry-after')?.trim() ?? '';
  const waitMs = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - nowMs;
  return waitMs > 0 ? waitMs : undefined;
}
