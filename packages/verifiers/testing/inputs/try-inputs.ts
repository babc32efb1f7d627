import fc from 'fast-check';
import type { Call } from './by-process.ts';
import { deadlineOf } from './deadline.ts';
import { input as anyInput, drawInput, type Input, parametersOf } from './draw.ts';
import { runInProcess } from './in-process.ts';
import { GRACE_MS, type InputFinding, inputFindingsOf, signals } from './input-findings.ts';
import type { RunResult } from './run-result.ts';
import { type PreparedInput, prepareInput, type SharedFixture } from './shared-fixture.ts';

export interface Trial {
  readonly number: number;
  readonly input: Input;
  readonly ended: RunResult;
  readonly finds: readonly InputFinding[];
}

export type Runner = (
  prepared: PreparedInput,
  deadlineMs: number,
  input: Input,
  number: number,
  signal?: AbortSignal,
) => Promise<RunResult>;

const inProcess: Runner = (prepared, deadlineMs, _input, _number, signal) => runInProcess(prepared, deadlineMs, signal);

export async function tryOne(
  ground: SharedFixture,
  seed: number,
  number: number,
  runner: Runner = inProcess,
  signal?: AbortSignal,
): Promise<Trial> {
  return tryInput(ground, drawInput(seed, number), { number, name: `${number}` }, runner, signal);
}

async function tryInput(
  ground: SharedFixture,
  input: Input,
  { number, name }: { readonly number: number; readonly name: string },
  runner: Runner = inProcess,
  signal?: AbortSignal,
): Promise<Trial> {
  await using prepared = await prepareInput(ground, input, name);
  const deadlineMs = deadlineOf(input);
  const ended = await runner(prepared, deadlineMs + GRACE_MS, input, number, signal);
  return { number, input, ended, finds: inputFindingsOf(input, ended, deadlineMs) };
}

/** Runs several at once, because most time is spent waiting. */
export async function tryInputs(
  ground: SharedFixture,
  {
    seed,
    numbers,
    atOnce,
    runner,
    onTrial,
    signal,
  }: {
    readonly seed: number;
    readonly numbers: Iterable<number>;
    readonly atOnce: number;
    readonly runner?: Runner;
    readonly onTrial: (trial: Trial) => void;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const left = numbers[Symbol.iterator]();
  const work = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      signal?.throwIfAborted();
      const trial = await tryOne(ground, seed, next.value, runner, signal);
      // An aborted trial shows nothing.
      signal?.throwIfAborted();
      onTrial(trial);
    }
  };
  // All users end before the ground is removed.
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const end of ends) {
    if (end.status === 'rejected') {
      throw end.reason;
    }
  }
}

/** Fast runs are over by then, slow ones under way. */
const CALLED_WITHIN_MS = 1_500;

/** Interrupts the first `count` runs. */
export function plannedAbort(seed: number, number: number, count: number): Call | undefined {
  if (number >= count) {
    return undefined;
  }
  const { seed: own } = parametersOf(seed, number);
  const drawnCall = fc.record({ signal: fc.constantFrom(...signals), afterMs: fc.nat(CALLED_WITHIN_MS) });
  return fc.sample(drawnCall, { seed: own, numRuns: 1 })[0];
}

const SHRINK_WITHIN_MS = 60_000;

/** Finds the smallest similar input with a finding. */
export async function shrinkInput(ground: SharedFixture, seed: number, number: number): Promise<Input> {
  let round = 0;
  const property = fc.asyncProperty(anyInput, async (input) => {
    round += 1;
    return (await tryInput(ground, input, { number, name: `shrink-${round}` })).finds.length === 0;
  });
  const { counterexample } = await fc.check(property, {
    ...parametersOf(seed, number),
    interruptAfterTimeLimit: SHRINK_WITHIN_MS,
    markInterruptAsFailure: false,
  });
  return counterexample?.[0] ?? drawInput(seed, number);
}
