import { getContainerRuntimeClient } from 'testcontainers';
import { readSettings } from '../config.ts';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { useWithTestcontainers } from '../engine/testcontainers.ts';
import type { ImageName } from '../images/catalog.ts';
import { ensureImages } from '../images/ensure-images.ts';
import type { ResolvedImage } from '../images/image.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import type { ToolName } from '../images/tools/tools.ts';
import type { Progress } from '../report/progress.ts';
import { quiet } from '../report/testing/quiet.ts';
import { newRun } from '../runs/identity.ts';

/** What specs of the harness' own parts start: a real engine and real images, under labels of their own. */
export interface RealThings {
  readonly engine: Engine;
  readonly cacheFolder: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** @throws when it wasn't asked for */
  image(name: ImageName): ResolvedImage;
  /** Path of helm or kubectl. */
  tool(name: ToolName): Promise<string>;
  /** The same image under another name, which no node has before it is loaded. Like all images, it stays in the engine. */
  renamed(name: ImageName): Promise<ResolvedImage>;
}

export async function realThings(...names: readonly ImageName[]): Promise<RealThings> {
  const { imageMode: mode, cacheFolder, path: searchPath } = readSettings();
  const signal = new AbortController().signal;
  const engine = await ensureEngine({ progress: quiet, signal });
  await useWithTestcontainers(engine, { signal });
  const images = await ensureImages(names, { engine, mode, progress: quiet, signal, cacheFolder });
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
    labels: (await newRun()).labels,
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

/** Containers, networks and volumes with these labels, by kind and name. */
export async function left(labels: Readonly<Record<string, string>>): Promise<readonly string[]> {
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
