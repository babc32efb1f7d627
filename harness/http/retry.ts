import { setTimeout as delay } from 'node:timers/promises';
import { leftMs } from '../wait/left-ms.ts';
import type { HttpAnswer } from './exchange.ts';
import { tellHiccups } from './hiccups.ts';
import { TransportError } from './transport-error.ts';

/**
 * The one policy of asking again. It is for servers that say how things are (the API server, GitHub, the issuer's
 * token endpoint), never for the deployment under judgement: what that answers is the verdict.
 */
export interface Retry<A extends HttpAnswer> {
  /** Who is asked, for the line that says so, e.g. `the API server`. */
  readonly whom: string;
  /** For all of it, waits and answers, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /**
   * What may have been carried out although no good answer came: `repeat` where a second time does no harm, `stop`
   * where it might, or a look that gives the answer where it was carried out and undefined where it was not.
   */
  readonly ifPerhapsDone: 'repeat' | 'stop' | ((leftMs: number) => Promise<A | undefined>);
  /** Goes on asking one that can't be reached as long as one that has trouble: for what must not be left behind. */
  readonly isStubborn?: boolean;
  /** Statuses that are asked again; 429, 500, 502, 503 and 504 where absent. */
  readonly statuses?: ReadonlySet<number>;
}

const troubled: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const firstWaitMs = 250;
const longestWaitMs = 4000;
/** What another attempt needs of the deadline to be worth a wait that the server asks for. */
const leastAttemptMs = 100;
/** What our own waits leave of the deadline, so that the last attempt can be answered. */
const lastAttemptMs = (deadlineMs: number) => Math.min(1000, deadlineMs / 5);
/** How long a server that can't be reached at all is tried: most often its address is wrong, and that is soon to be told. */
const unreachablePatienceMs = 1500;

/**
 * Asks until there is an answer that is one, as long as the deadline allows.
 *
 * @param send one attempt, with what is left of the deadline
 * @returns the first answer without trouble, or else the last one
 * @throws TransportError of the last attempt that was not cut off, the signal's reason, whatever else `send` throws
 */
export async function askAgain<A extends HttpAnswer>(
  send: (leftMs: number) => Promise<A>,
  { whom, deadlineMs, signal, ifPerhapsDone, isStubborn = false, statuses = troubled }: Retry<A>,
): Promise<A> {
  const started = performance.now();
  const elapsedMs = () => performance.now() - started;
  const troubles: string[] = [];
  let isAnswered = false;
  let refusedWaitMs: number | undefined;
  let told: Outcome<A> | undefined;
  try {
    while (true) {
      const outcome = await attempted(() => send(leftMs(deadlineMs, started)));
      const trouble = troubleOf(outcome, statuses);
      if (trouble === undefined) {
        isAnswered = 'answer' in outcome;
        return finished(outcome);
      }
      troubles.push(trouble.said);
      // Cut off because time was up, it says less than what the server has said before.
      const last = told !== undefined && isTimeout(outcome) ? told : outcome;
      const patienceMs =
        trouble.isUnreachable && !isStubborn ? Math.min(unreachablePatienceMs, deadlineMs) : deadlineMs;
      const forWaitMs = patienceMs - elapsedMs();
      // A wait of our own is cut short for a last attempt; one that the server asks for is not.
      const waitMs = trouble.waitMs ?? Math.min(forWaitMs - lastAttemptMs(patienceMs), backoffMs(troubles.length));
      const isOver = waitMs <= 0 || waitMs + leastAttemptMs > forWaitMs;
      refusedWaitMs = isOver ? trouble.waitMs : undefined;
      if (isOver || (trouble.isPerhapsDone && ifPerhapsDone === 'stop')) {
        return finished(last);
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
    tellHiccups({ whom, troubles, isAnswered, refusedWaitMs, afterMs: elapsedMs() });
  }
}

type Outcome<A> = { readonly answer: A } | { readonly error: TransportError };

async function attempted<A>(send: () => Promise<A>): Promise<Outcome<A>> {
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

function finished<A>(outcome: Outcome<A>): A {
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.answer;
}

interface Trouble {
  /** What the server did, e.g. `said 429`. */
  readonly said: string;
  readonly isPerhapsDone: boolean;
  readonly isUnreachable: boolean;
  /** How long the server wants to be left alone. */
  readonly waitMs?: number | undefined;
}

function troubleOf(outcome: Outcome<HttpAnswer>, statuses: ReadonlySet<number>): Trouble | undefined {
  if ('error' in outcome) {
    return transportTrouble(outcome.error);
  }
  const { status } = outcome.answer;
  if (!statuses.has(status)) {
    return undefined;
  }
  // 429 is said before anything is begun.
  return {
    said: `said ${status}`,
    isPerhapsDone: status !== 429,
    isUnreachable: false,
    waitMs: retryAfterMs(outcome.answer),
  };
}

/** Undefined for what stays as it is however often it is asked: a certificate, an address that is none. */
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

/** Longer from time to time, and never quite the same for all who ask: they would all come back at one moment. */
function backoffMs(troubles: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (troubles - 1)) * (0.8 + 0.2 * Math.random());
}

/**
 * How long an answer's `Retry-After` asks to be left alone, in milliseconds; undefined where it says nothing of use or
 * nothing at all to wait for. A date is meant by the server's clock, which the answer's own `Date` tells.
 */
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
