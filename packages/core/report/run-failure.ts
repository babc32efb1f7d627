import { preformatted } from './markdown.ts';

/** A failed test, hook or file of tests; also a phase of a run that ended without results. */
export interface RunFailure {
  /** The test runner's project, or the phase. */
  readonly project: string;
  readonly file?: string;
  /** Names of suites and test, outermost first; none for a file or a phase. */
  readonly names: readonly string[];
  /** Lines: what was expected, what was seen, where. */
  readonly detail: string;
}

export interface RerunnableFailure extends RunFailure {
  /** The command that runs it alone. */
  readonly rerun: string;
}

/** More would push the first ones out of what a build log keeps. */
const inFull = 20;
const mostLines = 6;
const longestLine = 240;

/** E.g. `unit › packages/core/problem.test.ts › a problem > tells its cause`. */
export function titleOf({ project, file, names }: RunFailure): string {
  return [project, ...(file === undefined ? [] : [file]), ...(names.length === 0 ? [] : [names.join(' > ')])].join(
    ' › ',
  );
}

/** The list at the end of a run: each failure with its first lines, and the command that runs it again. */
export function failureList(failures: readonly RerunnableFailure[]): string {
  const lines = failures.flatMap((failure, index) => [
    `  ${bounded(titleOf(failure))}`,
    ...(index < inFull ? firstLines(failure.detail).map((line) => `      ${line}`) : []),
    `      run it again: ${failure.rerun}`,
  ]);
  return [`failed: ${failures.length}`, ...lines].join('\n');
}

/** The same list for a step summary. */
export function failureMarkdown(failures: readonly RerunnableFailure[]): string {
  return preformatted(failureList(failures));
}

/** The message's beginning; the last line, where it happened, is kept. */
function firstLines(detail: string): readonly string[] {
  const lines = detail
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const place = lines.at(-1);
  if (lines.length <= mostLines || place === undefined) {
    return lines.map(bounded);
  }
  return [...lines.slice(0, mostLines - 1), ...(place.startsWith('at ') ? [place] : ['…'])].map(bounded);
}

function bounded(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
