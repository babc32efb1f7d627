import type { KubernetesObject } from '@kubernetes/client-node';
import type { Settings } from '../config.ts';
import { reasonIn } from '../environment/fit-subject.ts';
import { refusals } from '../environment/refusals.ts';
import { type ChartInput, renderChart, ValuesError } from '../helm/render.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { UsageError } from '../problem.ts';
import { CommandError } from '../process/run.ts';
import type { CommandContext } from './command.ts';

/** As Helm heads what the chart itself refuses. */
const ownChartName = 'meho-chart';

/**
 * The objects of our chart, with the values that a run would give it.
 *
 * @throws UsageError with every value that the chart refuses, or any other reason that helm has
 */
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
      throw new UsageError(refusals(error, ownChartName, input.values ?? {}), { cause: error });
    }
    if (error instanceof CommandError) {
      throw new UsageError([`--chart ${input.chart}: helm can't render it: ${reasonIn(error.stderr)}`], {
        cause: error,
      });
    }
    throw error;
  }
}
