import { defaulted, readFlags, toggle, type ValuesOf } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { oneOf } from '@meho/core/command-line/values';
import { UsageError } from '@meho/core/problem';
import { out } from '@meho/core/report/output';
import { jsonText } from '@meho/core/report/safe-text';
import { otherCodes } from '../calling/input.ts';
import { splitPositional } from '../calling/positional.ts';
import { compareRuns } from './comparison.ts';
import { comparisonText } from './comparison-text.ts';
import { type GivenRun, readRuns } from './given-run.ts';
import { noiseRule } from './noise.ts';

const flags = {
  output: defaulted('text|json', 'text for people, or a document', oneOf('text', 'json'), 'text' as 'text' | 'json'),
  'slower-is-worse': toggle('count a time beyond noise as worse, too'),
};

export const compareUsage = usage({
  command: 'npm run report -- compare BEFORE [BEFORE…] AFTER',
  summary: [
    'Says what changed between runs of one command, each a report.json or the folder that it is in, oldest first.',
    'Worse is: a new failure, a test newly skipped or gone that was not skipped before, a check that held and is no',
    `longer shown to. Verdicts are compared with the run before the last. Times: ${noiseRule}.`,
  ].join('\n'),
  flags,
  environment: {},
  exitCodes: `0 nothing is worse, 1 something is worse, ${otherCodes}`,
});

/** @throws UsageError with a line for each report that can't be compared */
export async function runCompare(args: readonly string[], print: (text: string) => void = out): Promise<0 | 1> {
  const { places, values } = readInput(args);
  const runs = readRuns(places);
  assertSameCommand(runs);
  const [first, ...others] = runs;
  const after = others.pop();
  if (first === undefined || after === undefined) {
    throw new UsageError([twoExpected(places)]);
  }
  const comparison = compareRuns([first, ...others], after, { slowerIsWorse: values['slower-is-worse'] });
  print(`${values.output === 'json' ? jsonText(comparison) : comparisonText(comparison)}\n`);
  return comparison.verdict === 'worse' ? 1 : 0;
}

function readInput(args: readonly string[]) {
  const { positional, rest } = splitPositional(flags, args);
  const read = readFlags(flags, rest);
  const problems = [...read.problems, ...(positional.length < 2 ? [twoExpected(positional)] : [])];
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  // Complete if there are no problems.
  return { places: positional, values: read.values as ValuesOf<typeof flags> };
}

function twoExpected(places: readonly string[]): string {
  const seen = places.length === 0 ? 'none' : places.join(' ');
  return `compare: expected the reports of two runs or more, oldest first, seen ${seen}`;
}

function assertSameCommand([first, ...others]: readonly GivenRun[]): void {
  const problems = others.flatMap(({ place, report: { command } }) =>
    first === undefined || command === first.report.command
      ? []
      : [`${place}: expected a run of ${first.report.command}, as ${first.place} is one, seen one of ${command}`],
  );
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
}
