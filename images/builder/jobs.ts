import type { Progress } from '@meho/core/report/progress';
import { ensureCommands } from '../engine/debian.ts';
import type { PlannedImage } from '../plan.ts';
import { buildProgram, cCompiler, programName, programPath } from './go-program.ts';
import { buildRootfs, rootfsPath } from './rootfs.ts';
import { indexOf } from './rootfs-index.ts';
import { exists, type Workspace } from './workspace.ts';

export interface BuildJob {
  readonly key: string;
  readonly lane: 'go' | 'debian';
  readonly title: string;
  readonly images: Set<string>;
  readonly work: () => Promise<unknown>;
}

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
        work: async () => {
          if (program.cgo === true) {
            await ensureCommands(cCompiler, { progress, signal: workspace.signal });
          }
          return buildProgram(program, workspace);
        },
      });
    }
  }
  return jobs;
}
