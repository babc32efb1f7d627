import { setTimeout as delay } from 'node:timers/promises';
import { leftMs } from '../wait/left-ms.ts';
import type { HttpAnswer } from './exchange.ts';
import { recordHiccup } from './hiccups.ts';
import { TransportError } from './transport-error.ts';

/**
 * For servers that report state (API server, GitHub, token endpoint), never for the deployment under test, whose
 * answers are the verdict.
 */
export interface Retry<A extends HttpAnswer> {
  /** E.g. `the API server`. */
  readonly whom: string;
  /** In all. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** After a lost answer: `repeat` if harmless, `stop` if not, or a look that returns the answer if it was done. */
  readonly ifPerhapsDone: 'repeat' | 'stop' | ((leftMs: number) => Promise<A | undefined>);
  /** Keeps trying an unreachable server, too: for cleaning up. */
  readonly isStubborn?: boolean;
  /** Leaves 429 to the caller, who has its own waits for limits. */
  readonly hasOwnLimits?: boolean;
}

/** Not implemented, and no such version of HTTP: they stay so, unless the server says when to come back. */
const final: ReadonlySet<number> = new Set([501, 505]);
/** 408 tells of a connection that was kept for too long, by what stands before the server. */
const troubled: ReadonlySet<number> = new Set([408, 429]);
const firstWaitMs = 250;
const longestWaitMs = 4000;
/** A requested wait must leave this for another attempt. */
const leastAttemptMs = 100;
/** What our own waits leave for the last attempt. */
const lastAttemptMs = (deadlineMs: number) => Math.min(1000, deadlineMs / 5);
/** Most often the address is wrong: fail soon. */
const unreachablePatienceMs = 1500;

/**
 * @param send makes one attempt within the time left @returns the first good answer, else the last @throws the last
 * TransportError not cut off by the deadline, the signal's reason, or what `send` throws
 */
export async function retryRequest<A extends HttpAnswer>(
  send: (leftMs: number) => Promise<A>,
  { whom, deadlineMs, signal, ifPerhapsDone, isStubborn = false, hasOwnLimits = false }: Retry<A>,
): Promise<A> {
  const started = performance.now();
  const elapsedMs = () => performance.now() - started;
  const troubles: string[] = [];
  let isAnswered = false;
  let refusedWaitMs: number | undefined;
  let told: Outcome<A> | undefined;
  try {
    while (true) {
      const outcome = await attemptOnce(() => send(leftMs(deadlineMs, started)));
      const trouble = troubleOf(outcome, hasOwnLimits);
      if (trouble === undefined) {
        isAnswered = 'answer' in outcome;
        return unwrapOutcome(outcome);
      }
      troubles.push(trouble.said);
      // A cut-off attempt says less than an earlier answer.
      const last = told !== undefined && isTimeout(outcome) ? told : outcome;
      const patienceMs =
        trouble.isUnreachable && !isStubborn ? Math.min(unreachablePatienceMs, deadlineMs) : deadlineMs;
      const forWaitMs = patienceMs - elapsedMs();
      // Only our own wait is shortened for a last attempt.
      const waitMs = trouble.waitMs ?? Math.min(forWaitMs - lastAttemptMs(patienceMs), backoffMs(troubles.length));
      const isOver = waitMs <= 0 || waitMs + leastAttemptMs > forWaitMs;
      refusedWaitMs = isOver ? trouble.waitMs : undefined;
      if (isOver || (trouble.isPerhapsDone && ifPerhapsDone === 'stop')) {
        return unwrapOutcome(last);
      }
      told = last;
      await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        throw signal?.aborted === true ? signal.reason : error;
      });
      if (trouble.isPerhapsDone && typeof ifPerhapsDone === 'function') {
        const done = await ifPerhapsDone(leftMs(deadlineMs, started));
        if (done !== undefined) {
          isAnswered = true;
          return done;
        }
      }
    }
  } finally {
    recordHiccup({ whom, troubles, isAnswered, refusedWaitMs, afterMs: elapsedMs() });
  }
}

type Outcome<A> = { readonly answer: A } | { readonly error: TransportError };

async function attemptOnce<A>(send: () => Promise<A>): Promise<Outcome<A>> {
  try {
    return { answer: await send() };
  } catch (error) {
    if (error instanceof TransportError) {
      return { error };
    }
    throw error;
  }
}

function isTimeout(outcome: Outcome<HttpAnswer>): boolean {
  return 'error' in outcome && outcome.error.failure.endsWith('-timeout');
}

function unwrapOutcome<A>(outcome: Outcome<A>): A {
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.answer;
}

interface Trouble {
  /** E.g. `said 429`. */
  readonly said: string;
  readonly isPerhapsDone: boolean;
  readonly isUnreachable: boolean;
  readonly waitMs?: number | undefined;
}

function troubleOf(outcome: Outcome<HttpAnswer>, hasOwnLimits: boolean): Trouble | undefined {
  if ('error' in outcome) {
    return transportTrouble(outcome.error);
  }
  const { status } = outcome.answer;
  const waitMs = retryAfterMs(outcome.answer);
  const isTrouble = status >= 500 ? !final.has(status) || waitMs !== undefined : troubled.has(status);
  if (!isTrouble || (status === 429 && hasOwnLimits)) {
    return undefined;
  }
  // A 429 precedes any work.
  return {
    said: `said ${status}`,
    isPerhapsDone: status !== 429,
    isUnreachable: false,
    waitMs,
  };
}

/** Undefined for permanent faults: certificate, invalid address. */
function transportTrouble({ failure, cause }: TransportError): Trouble | undefined {
  const unreachable = (said: string) => ({ said, isPerhapsDone: false, isUnreachable: true });
  switch (failure) {
    case 'reset':
      return { said: 'closed the connection', isPerhapsDone: true, isUnreachable: false };
    case 'connect-timeout':
    case 'tls-timeout':
      return { said: 'took no connection in time', isPerhapsDone: false, isUnreachable: false };
    case 'answer-timeout':
    case 'body-timeout':
      return { said: 'did not answer in time', isPerhapsDone: true, isUnreachable: false };
    case 'refused':
      return unreachable('refused the connection');
    case 'unreachable':
      return unreachable('was unreachable');
    case 'proxy':
      return unreachable('was not reached through the proxy');
    case 'dns':
      return isTemporary(cause) ? unreachable('was not found by DNS') : undefined;
    default:
      return undefined;
  }
}

function isTemporary(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'EAI_AGAIN' || cause.code === 'EAI_FAIL');
}

/** Grows, with jitter so that clients don't return together. */
function backoffMs(troubles: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (troubles - 1)) * (0.8 + 0.2 * Math.random());
}

/** Returns ms; undefined if useless. Dates count by the answer's `Date`, the server's clock. */
export function retryAfterMs(
  { headers }: Pick<HttpAnswer, 'headers'>,
  localNowMs: number = Date.now(),
): number | undefined {
  const told = headers['retry-after']?.trim() ?? '';
  let waitMs: number;
  if (/^\d+$/.test(told)) {
    waitMs = Math.min(Number(told) * 1000, Number.MAX_SAFE_INTEGER);
  } else {
    const serverNowMs = Date.parse(headers.date ?? '');
    waitMs = Date.parse(told) - (Number.isNaN(serverNowMs) ? localNowMs : serverNowMs);
  }
  return waitMs > 0 ? waitMs : undefined;
}
