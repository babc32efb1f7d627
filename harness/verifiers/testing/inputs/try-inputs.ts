import fc from 'fast-check';
import type { Call } from './by-process.ts';
import { deadlineOf } from './deadline.ts';
import { input as anyInput, drawn, type Input, parametersOf } from './draw.ts';
import type { Ended } from './ended.ts';
import { runInProcess } from './in-process.ts';
import { type Find, findsOf, GRACE_MS, signals } from './look.ts';
import { type Ground, type Prepared, prepare } from './world.ts';

export interface Trial {
  readonly number: number;
  readonly input: Input;
  readonly ended: Ended;
  readonly finds: readonly Find[];
}

export type Runner = (
  prepared: Prepared,
  deadlineMs: number,
  input: Input,
  number: number,
  signal?: AbortSignal,
) => Promise<Ended>;

const inProcess: Runner = (prepared, deadlineMs, _input, _number, signal) => runInProcess(prepared, deadlineMs, signal);

/** Draws one input and runs it: each stands for itself, whatever ran before. */
export async function tryOne(
  ground: Ground,
  seed: number,
  number: number,
  runner: Runner = inProcess,
  signal?: AbortSignal,
): Promise<Trial> {
  return tryInput(ground, drawn(seed, number), { number, name: `${number}` }, runner, signal);
}

async function tryInput(
  ground: Ground,
  input: Input,
  { number, name }: { readonly number: number; readonly name: string },
  runner: Runner = inProcess,
  signal?: AbortSignal,
): Promise<Trial> {
  await using prepared = await prepare(ground, input, name);
  const deadlineMs = deadlineOf(input);
  const ended = await runner(prepared, deadlineMs + GRACE_MS, input, number, signal);
  return { number, input, ended, finds: findsOf(input, ended, deadlineMs) };
}

/** Runs these inputs, some at a time, because most of what takes long is waiting. */
export async function tryInputs(
  ground: Ground,
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
      // What was called off with all of it says nothing.
      signal?.throwIfAborted();
      onTrial(trial);
    }
  };
  // What shares the ground is over before it is taken away, whatever ended one of them.
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, work));
  for (const end of ends) {
    if (end.status === 'rejected') {
      throw end.reason;
    }
  }
}

/** The moment of a signal is drawn from these milliseconds: most runs are over by then, and the slow ones under way. */
const CALLED_WITHIN_MS = 1_500;

/** The signal that this number's run gets, for the first `count` of them. */
export function calledOff(seed: number, number: number, count: number): Call | undefined {
  if (number >= count) {
    return undefined;
  }
  const { seed: own } = parametersOf(seed, number);
  const drawnCall = fc.record({ signal: fc.constantFrom(...signals), afterMs: fc.nat(CALLED_WITHIN_MS) });
  return fc.sample(drawnCall, { seed: own, numRuns: 1 })[0];
}

const SHRINK_WITHIN_MS = 60_000;

/** The input of this number, or the smallest like it that something is found with as well. */
export async function shrunk(ground: Ground, seed: number, number: number): Promise<Input> {
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
  return counterexample?.[0] ?? drawn(seed, number);
}
