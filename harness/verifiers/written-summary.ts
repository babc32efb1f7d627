import { messageOf, UsageError } from '../problem.ts';
import { addSync, keepSync } from '../report/output.ts';
import { safeLine } from '../report/safe-text.ts';
import type { StandaloneIo } from './standalone.ts';

/** @throws UsageError when the file can't be written: whoever asked for it would post an old one */
export function writeSummary(file: string | undefined, markdown: string): void {
  if (file === undefined) {
    return;
  }
  try {
    keepSync(file, 'md', markdown);
  } catch (error) {
    throw new UsageError([`--summary ${file}: can't be written: ${messageOf(error)}`], { cause: error });
  }
}

/** The verdict stands without it: a file that can't be appended to is told. */
export function appendStepSummary(
  file: string | undefined,
  markdown: string,
  { err }: Pick<StandaloneIo, 'err'>,
): void {
  if (file === undefined) {
    return;
  }
  try {
    addSync(file, 'md', `${markdown}\n`);
  } catch (error) {
    err(`${safeLine(`[WARN] GITHUB_STEP_SUMMARY: could not be appended to: ${messageOf(error)}`)}\n`);
  }
}
