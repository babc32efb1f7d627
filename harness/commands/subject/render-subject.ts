import type { KubernetesObject } from '@kubernetes/client-node';
import type { Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { CommandError } from '@meho/core/process/run';
import { type ChartInput, renderChart, ValuesError } from '@meho/helm/render';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { refusals } from '../../release/environment/refusals.ts';
import { helmReason } from '../../release/trust/find-value-fit.ts';
import type { CommandContext } from '../command.ts';
import { markRefusals } from './mark-refusals.ts';

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
      await markRefusals(error, input.valuesFiles ?? []);
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
