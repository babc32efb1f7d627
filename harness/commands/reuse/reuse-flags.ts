import { defaulted, optional, toggle, type ValuesOf } from '@meho/core/command-line/flags';
import { oneOf, wholeNumber } from '@meho/core/command-line/values';

const mostRepeats = 1_000;

export const reuseFlags = {
  use: optional('up', 'run on what `npm run up` has brought up, instead of on a cluster of its own', oneOf('up')),
  keep: toggle('leave what the run made until `npm run down`, and say how to look at it'),
  repeat: defaulted('N', 'run each story N times; a miss in any is a failure', wholeNumber(1, mostRepeats), 1),
  'rerun-failed': toggle('run only what failed in the last run, by its record in --artefacts'),
};

export const pauseFlag = {
  'pause-on-fail': toggle('after each failed story, wait for Enter (at most 15 minutes) and say how to look at it'),
};

export type ReuseValues = ValuesOf<typeof reuseFlags>;

/** @param isTerminal whether there is one to ask on */
export function pauseProblems(
  values: Partial<ValuesOf<typeof pauseFlag>>,
  isTerminal: boolean | undefined,
): readonly string[] {
  return values['pause-on-fail'] === true && isTerminal !== true
    ? ['--pause-on-fail: expected a terminal to wait on, and standard input and error are not both one']
    : [];
}

/** Names that a command says of what it was given. */
type Given = Readonly<Record<string, unknown>>;

/**
 * Flags of one command that contradict each other.
 *
 * @param selecting what chooses stories or faults, by flag
 * @param elsewhere what is about another cluster, or about none
 * @param positional names that choose as well
 */
export function reuseProblems(
  values: Partial<ReuseValues>,
  selecting: Given,
  elsewhere: Given,
  positional: readonly string[] = [],
): readonly string[] {
  const against = (mine: string, others: Given) =>
    namesOf(others).map((other) => `${mine} and ${other} contradict each other`);
  return [
    ...(values.use === undefined ? [] : against('--use up', elsewhere)),
    ...(values.keep === true ? against('--keep', elsewhere) : []),
    ...(values['rerun-failed'] === true ? against('--rerun-failed', { ...selecting, plan: elsewhere['plan'] }) : []),
    ...(values['rerun-failed'] === true
      ? positional.map((name) => `--rerun-failed and ${name} contradict each other`)
      : []),
    ...((values.repeat ?? 1) > 1 ? against('--repeat', { plan: elsewhere['plan'] }) : []),
  ];
}

function namesOf(given: Given): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined || value === false || (Array.isArray(value) && value.length === 0) ? [] : [`--${name}`],
  );
}
