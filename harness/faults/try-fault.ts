import { messageOf } from '@meho/core/problem';
import { askVerifier } from './ask-verifier.ts';
import { complaintsOf, complaintsOfHealthy, type Evaluation, missed, unhealthy } from './evaluation.ts';
import type { CommandLine, Fault, FaultContext, FaultSuite, Injection } from './fault.ts';

export interface Setup<Context extends FaultContext> {
  readonly command: string;
  readonly context: Context;
}

/** Leaves the rest of the test's time for undoing the fault. */
const defaultDeadlineMs = 240_000;

interface Attempt {
  readonly signal: AbortSignal;
  /** No later test checks that all is healthy. */
  readonly isLast: boolean;
  readonly deadlineMs?: number;
}

/**
 * Checks afterwards that all is healthy: after the last fault and, unless the suite says otherwise, after each that
 * changed more than the command line.
 *
 * @throws Error with what was expected and seen, and the verifier's messages
 */
export async function tryFault<Context extends FaultContext>(
  suite: FaultSuite<Context>,
  fault: Fault<Context>,
  { command, context }: Setup<Context>,
  { signal, isLast, deadlineMs = defaultDeadlineMs }: Attempt,
): Promise<void> {
  const within: Context = { ...context, signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]) };
  let seen: Evaluation | undefined;
  let onlyCommandLine = false;
  let broken: unknown;
  const complaints: string[] = [];
  try {
    await using overrides = await fault.inject(within);
    onlyCommandLine = overrides.onlyCommandLine === true;
    if (fault.besideOthers === true && !onlyCommandLine) {
      complaints.push('it is declared to leave the release untouched, and its injection does not say so');
    }
    seen = await (fault.evaluate?.(within, overrides) ?? evaluate(suite, { command, context: within }, overrides));
    complaints.push(...complaintsOf(fault, seen));
  } catch (error) {
    broken = error;
    complaints.push(`it could not be injected, evaluated and taken back: ${messageOf(error)}`);
  }
  const looksAgain = isLast || (suite.healthyAgain !== 'at the end' && !onlyCommandLine);
  // After a timeout the fault is undone too; anything left over shows in the next test.
  if (looksAgain && !signal.aborted) {
    const after: Context = { ...context, signal };
    try {
      const again = await (fault.evaluate?.(after) ?? evaluate(suite, { command, context: after }));
      complaints.push(...(complaintsOfHealthy(again).length > 0 ? [`afterwards: ${unhealthy(again)}`] : []));
    } catch (error) {
      complaints.push(`afterwards nobody could look: ${messageOf(error)}`);
    }
  }
  if (complaints.length > 0) {
    throw failure(missed(fault, seen, complaints), broken);
  }
}

export async function evaluate<Context extends FaultContext>(
  { verifier, evaluate: ownEvaluation, healthyCommandLine }: FaultSuite<Context>,
  { command, context }: Setup<Context>,
  overrides?: Injection,
): Promise<Evaluation> {
  if (ownEvaluation !== undefined) {
    return ownEvaluation(context);
  }
  const healthy = await healthyCommandLine(context, overrides);
  return askVerifier(command, verifier, withOverrides(healthy, overrides), context.signal);
}

function withOverrides(healthy: CommandLine, overrides: Partial<Injection> = {}): CommandLine {
  const flags: Record<string, string | true> = {};
  for (const [name, value] of Object.entries({ ...healthy.flags, ...overrides.flags })) {
    if (value !== undefined) {
      flags[name] = value;
    }
  }
  return { flags, env: { ...healthy.env, ...overrides.env } };
}

/** Has the cause's stack, because its own says nothing. */
export function failure(message: string, cause?: unknown): Error {
  const error = new Error(message);
  error.stack = (cause instanceof Error ? cause.stack : undefined) ?? `Error: ${message}`;
  return error;
}
