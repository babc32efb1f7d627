import type { Progress, Step } from '@meho/core/report/progress';
import { runExclusively } from '@meho/core/runs/exclusive';
import type { Engine } from '../engine/engine.ts';
import type { ResolvedImage } from '../image.ts';
import { imageInEngine } from '../lookup.ts';
import type { PlannedImage } from '../plan.ts';
import { summarizeNames } from '../summarize-names.ts';
import { assembleImage } from './build-image.ts';
import type { TarballOf } from './files-layer.ts';
import { type BuildJob, jobsFor } from './jobs.ts';
import { buildLanes } from './lanes.ts';
import { removeOldImages } from './old-images.ts';
import { recordBuildTime } from './times.ts';
import { removeUnused } from './unused.ts';
import type { Workspace } from './workspace.ts';

export interface BuildImagesOptions {
  readonly engine: Engine;
  readonly progress: Progress;
  readonly workspace: Workspace;
  readonly tarballOf: TarballOf;
}

const assembleDeadlineMs = 60 * 60_000;

/**
 * Builds parts in parallel, each once.
 * @throws Problem of the first failed part, after stopping the others
 */
export async function buildImages(
  images: readonly PlannedImage[],
  options: BuildImagesOptions,
): Promise<readonly ResolvedImage[]> {
  const { progress } = options;
  return progress.step(`build ${summarizeNames(images.map(({ name }) => name))}`, async (step) => {
    const failed = new AbortController();
    const signal = AbortSignal.any([options.workspace.signal, failed.signal]);
    const workspace = { ...options.workspace, signal };
    const jobs = await jobsFor(images, workspace, progress);
    const counter = new Counter(jobs.size + images.length, step);
    const work = [...jobs.values()].map((job) => {
      const done = buildLanes.in(job.lane, signal, () =>
        counter.count(job.title, () => runJob(job, progress, workspace)),
      );
      return [job, done] as const;
    });
    const doneOf = new Map(work.map(([job, done]) => [job.key, done]));
    const built = images.map(async (image) => {
      const parts = [...jobs.values()].filter((job) => job.images.has(image.name));
      await Promise.all(parts.map((job) => doneOf.get(job.key)));
      return buildLanes.in('engine', signal, () =>
        counter.count(`image ${image.name}`, () => assemble(image, { ...options, workspace })),
      );
    });
    const all = await firstFailureStopsAll(built, [...doneOf.values()], failed);
    await removeUnused(workspace.cache);
    return all;
  });
}

function runJob({ title, work }: BuildJob, progress: Progress, workspace: Workspace): Promise<unknown> {
  return progress.step(title, () => recordBuildTime(title, workspace, work));
}

async function assemble(image: PlannedImage, options: BuildImagesOptions): Promise<ResolvedImage> {
  const { engine, workspace, tarballOf, progress } = options;
  const { name, recipe, builtReference: tag } = image;
  return progress.step(`put image ${name} together`, () =>
    runExclusively(
      `image ${engine.host} ${tag}`,
      { deadlineMs: assembleDeadlineMs, signal: workspace.signal },
      async () => {
        const neighbours = await imageInEngine(engine, name, tag, 'built');
        if (neighbours !== undefined) {
          return neighbours;
        }
        const contents = { tag, recipe: await recipe(), engine, workspace, tarballOf, progress };
        await recordBuildTime(`image ${name}`, workspace, () => assembleImage(contents));
        const built = await imageInEngine(engine, name, tag, 'built');
        if (built === undefined) {
          throw new Error(`the engine took ${tag} and does not have it`);
        }
        await removeOldImages(engine, built);
        return built;
      },
    ),
  );
}

/** Waits for all, so that nothing runs on after a reported error. */
async function firstFailureStopsAll<T>(
  results: readonly Promise<T>[],
  others: readonly Promise<unknown>[],
  failed: AbortController,
): Promise<readonly T[]> {
  let first: { readonly error: unknown } | undefined;
  for (const each of [...results, ...others]) {
    each.catch((error: unknown) => {
      first ??= { error };
      failed.abort(error);
    });
  }
  await Promise.allSettled([...results, ...others]);
  if (first !== undefined) {
    throw first.error;
  }
  return Promise.all(results);
}

class Counter {
  readonly #step: Step;
  readonly #total: number;
  readonly #active = new Set<string>();
  #left: number;

  constructor(total: number, step: Step) {
    this.#total = total;
    this.#left = total;
    this.#step = step;
  }

  async count<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#active.add(title);
    this.#tell();
    try {
      const result = await work();
      this.#left -= 1;
      return result;
    } finally {
      this.#active.delete(title);
      this.#tell();
    }
  }

  #tell(): void {
    this.#step.update(`${this.#left} of ${this.#total} parts left: ${[...this.#active].join(', ')}`);
  }
}
