import type { Progress } from '../../report/progress.ts';
import type { PlannedImage } from '../plan.ts';
import { buildProgram, programName, programPath } from './go-program.ts';
import { buildRootfs, rootfsPath } from './rootfs.ts';
import { indexOf } from './rootfs-index.ts';
import { exists, type Workspace } from './workspace.ts';

/** A part of one or more images that has to be made before they can be put together. */
export interface BuildJob {
  /** Where its result will be; equal parts have equal keys. */
  readonly key: string;
  readonly lane: 'go' | 'debian';
  readonly title: string;
  /** Names of the images that need it. */
  readonly images: Set<string>;
  readonly work: () => Promise<unknown>;
}

/** The parts of these images that aren't in the cache, each once. */
export async function jobsFor(
  images: readonly PlannedImage[],
  workspace: Workspace,
  progress: Progress,
): Promise<ReadonlyMap<string, BuildJob>> {
  const jobs = new Map<string, BuildJob>();
  const add = async (image: string, key: string, job: Omit<BuildJob, 'key' | 'images'>) => {
    if (!(await exists(key))) {
      const same = jobs.get(key) ?? { ...job, key, images: new Set<string>() };
      same.images.add(image);
      jobs.set(key, same);
    }
  };
  for (const { name, recipe } of images) {
    const { rootfs, programs = [] } = await recipe();
    if (rootfs !== undefined) {
      await add(name, await rootfsPath(rootfs, workspace), {
        lane: 'debian',
        title: `Debian ${rootfs.suite} for ${name}`,
        work: async () => indexOf(await buildRootfs(rootfs, workspace, progress)),
      });
    }
    for (const program of programs) {
      await add(name, await programPath(program, workspace), {
        lane: 'go',
        title: `Go program ${programName(program)}`,
        work: () => buildProgram(program, workspace),
      });
    }
  }
  return jobs;
}
