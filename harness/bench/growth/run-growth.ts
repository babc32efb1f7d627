import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { scratchFolder } from '@meho/core/runs/temporary';
import { createAuthority } from '@meho/core/testing/authority';
import { tellPeakScript } from '@meho/core/testing/tell-peak';
import type { Axis, GrowthBuild, GrowthCall } from './axis.ts';
import { breaches, count, type Point } from './law.ts';
import { measure, WrongVerdict } from './measure.ts';

export interface Grown {
  readonly axis: Axis;
  readonly points: readonly Point[];
  /** What the other build took, where one was asked for. */
  readonly baseline: readonly Point[];
  /** Why the other build has fewer. */
  readonly baselineTrouble?: string;
  /** Empty: the law holds. */
  readonly breaches: readonly string[];
}

export interface GrowthRequest {
  readonly axes: readonly Axis[];
  /** How many sizes of each, from the smallest on. */
  readonly sizes: number;
  /** Of each size, of which the best counts. */
  readonly runs: number;
  readonly own: GrowthBuild;
  readonly baseline: GrowthBuild | undefined;
  readonly cacheFolder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** One axis after the other, both builds in turn at each size. @throws Error where this build's verdict is wrong */
export async function runGrowth(request: GrowthRequest): Promise<readonly Grown[]> {
  const grown: Grown[] = [];
  for (const axis of request.axes) {
    grown.push(await request.progress.step(axis.title, () => grow(axis, request)));
  }
  return grown;
}

async function grow(axis: Axis, request: GrowthRequest): Promise<Grown> {
  const { own, baseline: other, cacheFolder, progress, signal } = request;
  await using stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await scratchFolder('growth'));
  const authority = await createAuthority();
  const preload = path.join(folder, 'tell-peak.mjs');
  await Promise.all([
    writeFile(path.join(folder, 'ca.pem'), authority.certificatePem),
    writeFile(preload, tellPeakScript),
  ]);
  const use = <T extends AsyncDisposable>(thing: T) => stack.use(thing);
  const sized = await axis.prepare({ folder, cacheFolder, authority, signal, use });
  const points: Point[] = [];
  const baseline: Point[] = [];
  let trouble: string | undefined;
  for (const size of axis.sizes.slice(0, request.sizes)) {
    await progress.step(`${count(size)} ${axis.unit}`, async () => {
      const call = await sized(size);
      const best = (build: GrowthBuild) => bestOf(build, call, size, { ...request, preload });
      points.push(await best(own));
      if (other !== undefined && trouble === undefined) {
        // What an older build can't do is no fault of this one.
        trouble = await best(other).then((point) => void baseline.push(point), troubleOf);
      }
    });
  }
  const told = trouble === undefined ? {} : { baselineTrouble: trouble };
  return { axis, points, baseline, ...told, breaches: breaches(axis.law, points) };
}

async function bestOf(
  build: GrowthBuild,
  call: GrowthCall,
  size: number,
  { runs, preload, signal }: GrowthRequest & { readonly preload: string },
): Promise<Point> {
  const taken = [];
  for (let number = 0; number < runs; number += 1) {
    taken.push(await measure(build, call, { preload, signal }));
  }
  return {
    size,
    ms: Math.min(...taken.map(({ ms }) => ms)),
    mib: Math.min(...taken.map(({ mib }) => mib)),
  };
}

function troubleOf(error: unknown): string {
  if (error instanceof WrongVerdict) {
    return messageOf(error).split('\n')[0] ?? '';
  }
  throw error;
}
