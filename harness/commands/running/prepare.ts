import type { Settings } from '@meho/core/config';
import { type ImageName, imagesOf } from '@meho/images/catalog';
import type { Engine } from '@meho/images/engine/engine';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { useWithTestcontainers } from '@meho/images/engine/testcontainers';
import { ensureImages } from '@meho/images/ensure-images';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { ensureKubernetesSchemas } from '@meho/images/tools/kubernetes-schemas';
import { ensurePolicyPrograms } from '@meho/images/tools/pod-security';
import type { CommandContext } from '../command.ts';
import { runConcurrently } from './run-concurrently.ts';

/** Fast when everything is there. */
export async function prepare(
  settings: Settings,
  context: CommandContext,
  names: readonly ImageName[] = imagesOf(),
): Promise<Engine> {
  const { imageMode: mode, imageRegistry: registry, cacheFolder } = settings;
  const { progress, signal } = context;
  const engine = await ensureEngine({ progress, signal });
  // The test runner uses it.
  await useWithTestcontainers(engine, { signal });
  // In parallel: one waits while the other computes.
  await runConcurrently(signal, [
    (either) =>
      progress.step('images', () =>
        ensureImages(names, { engine, mode, registry, progress, signal: either, cacheFolder }),
      ),
    (either) => prepareTools(settings, { ...context, signal: either }),
  ]);
  return engine;
}

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

/** Tools of tests without a cluster. */
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
