import { readVerifierEnvironment } from '@meho/core/config';
import { redactor } from '@meho/core/redaction/redact';
import { annotations } from '@meho/core/report/output';
import type { ValuesError } from '@meho/helm/render';
import { embeddedClusterValues } from '../../release/environment/request.ts';

/** GitHub shows each refused value, of whichever chart, beside its line of a pull request; elsewhere it does nothing. */
export async function markRefusals(error: ValuesError, files: readonly string[]): Promise<void> {
  if (readVerifierEnvironment().workflowRunUrl === undefined) {
    return;
  }
  const { refusedLines } = await import('./refused-lines.ts');
  const given = files.filter((file) => file !== embeddedClusterValues);
  annotations(
    refusedLines(error, given)
      .map((line) => `${redactor()(line)}\n`)
      .join(''),
  );
}
