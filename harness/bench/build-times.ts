import { type BuildTime, buildTimes as timesOf } from '@meho/images/builder/times';
import { imagesOf } from '@meho/images/catalog';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { ensureImages } from '@meho/images/ensure-images';
import type { Bench, BenchContext, Measured } from './bench.ts';

/** Target in the design: once per machine. */
const fromNothingBarMs = 30 * 60_000;
/** Target in the design: 0, to which this rounds beside 30 minutes. */
const againBarMs = 3_000;

/** The latest build time of each part, and the time it takes to find that all are there. */
export const buildTimes: Bench = {
  title: 'images that are there',
  async measure(context) {
    const againMs = await ensured(context);
    const parts = await timesOf(context.environment.request.settings.cacheFolder);
    const again = { what: 'all images, the second time', tookMs: againMs, barMs: againBarMs };
    if (parts.length === 0) {
      // All parts came from a registry.
      return [again];
    }
    const oneAfterTheOther = parts.reduce((sum, { seconds }) => sum + seconds * 1000, 0);
    const whole: Measured = {
      what: 'all images, time in which any part of them was last built here',
      tookMs: busyMs(parts),
      barMs: fromNothingBarMs,
      baseline: { name: 'its parts one after the other', tookMs: oneAfterTheOther },
    };
    const share = ({ title, seconds }: BuildTime): Measured => ({
      what: `  ${title}`,
      tookMs: seconds * 1000,
      baseline: { name: 'its parts one after the other', tookMs: oneAfterTheOther },
    });
    return [again, whole, ...parts.map(share)];
  },
};

async function ensured({ environment, progress, signal }: BenchContext): Promise<number> {
  const { cacheFolder, imageMode: mode, imageRegistry: registry } = environment.request.settings;
  const started = performance.now();
  const engine = await ensureEngine({ progress, signal });
  await ensureImages(imagesOf(), { engine, mode, registry, progress, signal, cacheFolder });
  return performance.now() - started;
}

/** Union of the build times, whether parallel or on different days. */
export function busyMs(parts: readonly BuildTime[]): number {
  const spans = parts
    .map(({ at, seconds }) => ({ from: Date.parse(at) - seconds * 1000, to: Date.parse(at) }))
    .toSorted((a, b) => a.from - b.from);
  let busy = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of spans) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy;
}
