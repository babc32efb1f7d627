import type { KubernetesObject } from '@kubernetes/client-node';
import { readVerifierEnvironment, type Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { CommandError } from '@meho/core/process/run';
import { redactor } from '@meho/core/redaction/redact';
import { annotations } from '@meho/core/report/output';
import { type ChartInput, renderChart, ValuesError } from '@meho/helm/render';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { refusals } from '../../release/environment/refusals.ts';
import { embeddedClusterValues } from '../../release/environment/request.ts';
import { helmReason } from '../../release/trust/find-value-fit.ts';
import type { CommandContext } from '../command.ts';

/** As Helm's message names it. */
const ownChartName = 'meho-chart';

/** @throws UsageError with every refused value, or helm's other reason */
export async function renderSubject(
  input: Omit<ChartInput, 'helm' | 'signal'>,
  { cacheFolder, path: searchPath }: Settings,
  { progress, signal }: CommandContext,
): Promise<readonly KubernetesObject[]> {
  const { path: helm } = await ensureTool('helm', { progress, signal, cacheFolder, searchPath });
  try {
    return await renderChart({ ...input, helm, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ValuesError) {
      await markInWorkflow(error, input.valuesFiles ?? []);
      throw new UsageError(refusals(error, ownChartName, input.values ?? {}), { cause: error });
    }
    if (error instanceof CommandError) {
      throw new UsageError([`--chart ${input.chart}: helm can't render it: ${helmReason(error.stderr)}`], {
        cause: error,
      });
    }
    throw error;
  }
}

/** GitHub shows each refused value beside its line of a pull request. */
async function markInWorkflow(error: ValuesError, files: readonly string[]): Promise<void> {
  if (readVerifierEnvironment().workflowRunUrl === undefined) {
    return;
  }
  const { refusedLines } = await import('./refused-lines.ts');
  const lines = refusedLines(
    error,
    files.filter((file) => file !== embeddedClusterValues),
  );
  annotations(lines.map((line) => `${redactor()(line)}\n`).join(''));
}
