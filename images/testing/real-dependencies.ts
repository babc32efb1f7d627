import { readSettings } from '@meho/core/config';
import type { Progress } from '@meho/core/report/progress';
import { quiet } from '@meho/core/report/testing/quiet';
import { newRun } from '@meho/core/runs/identity';
import { requestedRun, runByHand } from '@meho/core/runs/requested-run';
import { getContainerRuntimeClient } from 'testcontainers';
import type { ImageName } from '../catalog.ts';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { useWithTestcontainers } from '../engine/testcontainers.ts';
import { ensureImages } from '../ensure-images.ts';
import type { ResolvedImage } from '../image.ts';
import { ensureTool } from '../tools/ensure-tool.ts';
import type { ToolName } from '../tools/tools.ts';

/** Real things for integration specs and the corpus. */
export interface RealDependencies {
  readonly engine: Engine;
  readonly cacheFolder: string;
  /** Those of the command that started the tests, if it removes what they leave. */
  readonly labels: Readonly<Record<string, string>>;
  readonly artefacts: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** @throws if it wasn't requested */
  image(name: ImageName): ResolvedImage;
  tool(name: ToolName): Promise<string>;
  /** No node has this name yet. Like all images, it stays in the engine. */
  renamed(name: ImageName): Promise<ResolvedImage>;
}

export async function realDependencies(...names: readonly ImageName[]): Promise<RealDependencies> {
  const { imageMode: mode, imageRegistry: registry, cacheFolder, path: searchPath } = readSettings();
  const { labels, artefacts } = requestedRun() ?? runByHand((await newRun()).labels);
  const signal = new AbortController().signal;
  const engine = await ensureEngine({ progress: quiet, signal });
  await useWithTestcontainers(engine, { signal });
  const images = await ensureImages(names, { engine, mode, registry, progress: quiet, signal, cacheFolder });
  const image = (name: ImageName) => {
    const found = images.get(name);
    if (found === undefined) {
      throw new Error(`image ${name} was not asked for`);
    }
    return found;
  };
  return {
    engine,
    cacheFolder,
    labels,
    artefacts,
    progress: quiet,
    signal,
    image,
    tool: async (name) => (await ensureTool(name, { searchPath, cacheFolder, progress: quiet, signal })).path,
    renamed: async (name) => {
      const original = image(name);
      const [repo, tag] = [`meho.local/renamed-${name}`, 'spec'];
      const { container } = await getContainerRuntimeClient();
      await container.dockerode.getImage(original.reference).tag({ repo, tag });
      return { ...original, name: `renamed-${name}`, reference: `${repo}:${tag}` };
    },
  };
}

export async function leftovers(labels: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
  const [containers, networks, volumes] = await Promise.all([
    dockerode.listContainers({ all: true, filters }),
    dockerode.listNetworks({ filters }),
    dockerode.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names: [name] }) => `container ${name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
  ].sort();
}
