import type { Settings } from '../config.ts';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { useWithTestcontainers } from '../engine/testcontainers.ts';
import { type ImageName, imageNames } from '../images/catalog.ts';
import { ensureImages } from '../images/ensure-images.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { ensureKubernetesSchemas } from '../images/tools/kubernetes-schemas.ts';
import { ensurePolicyPrograms } from '../images/tools/pod-security.ts';
import type { CommandContext } from './command.ts';
import { sideBySide } from './side-by-side.ts';

/** Sees to it that engine, images and tools are there, with progress; quick when they are. */
export async function prepare(
  settings: Settings,
  context: CommandContext,
  names: readonly ImageName[] = imageNames,
): Promise<Engine> {
  const { imageMode: mode, cacheFolder } = settings;
  const { progress, signal } = context;
  const engine = await ensureEngine({ progress, signal });
  // For the test runner, which is a child of ours.
  await useWithTestcontainers(engine, { signal });
  // Side by side: the first time both are built, and what one waits for the other uses.
  await sideBySide(signal, [
    (either) =>
      progress.step('images', () => ensureImages(names, { engine, mode, progress, signal: either, cacheFolder })),
    (either) => prepareTools(settings, { ...context, signal: either }),
  ]);
  return engine;
}

/** The same for what needs no engine: helm and kubectl. */
export function prepareTools(
  { cacheFolder, path: searchPath }: Settings,
  { progress, signal }: CommandContext,
): Promise<void> {
  return progress.step('tools', async () => {
    for (const name of ['helm', 'kubectl'] as const) {
      const tool = await ensureTool(name, { progress, signal, cacheFolder, searchPath });
      progress.note(`${name} ${tool.version} (${tool.origin})`);
    }
  });
}

/** And for what the chart is held to without a cluster: what API servers admit, and what their schemas say. */
export function prepareChartTools(
  { cacheFolder, path: searchPath }: Settings,
  { progress, signal }: CommandContext,
): Promise<void> {
  return progress.step('tools of the chart’s tests', async () => {
    const options = { progress, signal, cacheFolder };
    await ensureTool('kubeconform', { ...options, searchPath });
    await ensurePolicyPrograms(options);
    await ensureKubernetesSchemas(options);
  });
}
