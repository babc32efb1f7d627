import { messageOf, UsageError } from '@meho/core/problem';
import { appendReportSync, writeReportSync } from '@meho/core/report/output';
import { safeLine } from '@meho/core/report/safe-text';
import type { StandaloneIo } from '../standalone.ts';

/** @throws UsageError if it can't be written: the caller would otherwise post an old one */
export function writeSummary(file: string | undefined, markdown: string): void {
  if (file === undefined) {
    return;
  }
  try {
    writeReportSync(file, 'md', markdown);
  } catch (error) {
    throw new UsageError([`--summary ${file}: can't be written: ${messageOf(error)}`], { cause: error });
  }
}

/** A failure is only reported: the verdict stands without it. */
export function appendStepSummary(
  file: string | undefined,
  markdown: string,
  { err }: Pick<StandaloneIo, 'err'>,
): void {
  if (file === undefined) {
    return;
  }
  try {
    appendReportSync(file, 'md', `${markdown}\n`);
  } catch (error) {
    err(`${safeLine(`[WARN] GITHUB_STEP_SUMMARY: could not be appended to: ${messageOf(error)}`)}\n`);
  }
}
