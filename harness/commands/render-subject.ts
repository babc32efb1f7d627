import type { KubernetesObject } from '@kubernetes/client-node';
import type { Settings } from '../config.ts';
import { type ChartInput, renderChart, ValuesError } from '../helm/render.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { UsageError } from '../problem.ts';
import { CommandError, lastLines } from '../process/run.ts';
import type { CommandContext } from './command.ts';

/** The values are of the right shape as far as the chart says, and yet it doesn't render without a cluster. */
export class UnrenderableChart extends UsageError {}

/**
 * The objects of the chart that flags name, with the values that a run would give it.
 *
 * @throws UsageError with every value that the chart refuses, UnrenderableChart for any other reason that helm has
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
      throw new UsageError(
        error.violations.map(({ path, message }) => `--values: at '${path}': ${message}`),
        { cause: error },
      );
    }
    if (error instanceof CommandError) {
      const message = `--chart ${input.chart}: helm can't render it: ${reasonIn(error.stderr)}`;
      throw new UnrenderableChart([message], { cause: error });
    }
    throw error;
  }
}

/** Below its error helm says how it could be made to say more, which isn't why. */
function reasonIn(stderr: string): string {
  return /^Error: (.+)$/m.exec(stderr)?.[1] ?? lastLines(stderr, 1);
}
