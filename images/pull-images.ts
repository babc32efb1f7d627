import type { ImageMode } from '@meho/core/config';
import { Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import type { Engine } from './engine/engine.ts';
import type { ResolvedImage } from './image.ts';
import { imageInEngine } from './lookup.ts';
import type { PlannedImage } from './plan.ts';
import { placesOf, registryOf } from './registry/place.ts';
import type { Registries } from './registry/pull.ts';
import { summarizeNames } from './summarize-names.ts';

export interface PullImagesOptions {
  readonly engine: Engine;
  readonly mode: ImageMode;
  /** MEHO_REGISTRY, in place of all others. */
  readonly registry: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly registries: Registries;
  readonly onPulled: (image: ResolvedImage) => void;
}

/** Learning that no registry answers must take seconds. */
const answerWithinMs = 5_000;
const pullDeadlineMs = 15 * 60_000;

/**
 * @returns what must be built
 * @throws Problem naming every missing image if `mode` forbids building
 */
export async function pullImages(
  images: readonly PlannedImage[],
  options: PullImagesOptions,
): Promise<readonly PlannedImage[]> {
  const places = new Map(images.map((image) => [image, placesOf(image, options.registry)]));
  const isAsked = (image: PlannedImage) => options.mode !== 'build' && places.get(image)?.length !== 0;
  const asked = images.filter(isAsked);
  if (asked.length === 0) {
    return images;
  }
  const refusals = await options.progress.step(
    `ask registries for ${summarizeNames(asked.map(({ name }) => name))}`,
    (step) => {
      let left = asked.length;
      const report = (line: string) => step.update(`${left} of ${asked.length} left; ${line}`);
      return Promise.all(
        asked.map(async (image) => {
          const refusal = await pullOne(image, places.get(image) ?? [], { ...options, report });
          left -= 1;
          return refusal === undefined ? undefined : { image, refusal };
        }),
      );
    },
  );
  const refused = refusals.filter((each) => each !== undefined);
  if (refused.length > 0) {
    const reasons = [
      ...new Set(refused.map(({ refusal: { place, reason } }) => `${registryOf(place)}: ${reason}`)),
    ].join('; ');
    if (options.mode === 'registry') {
      throw new Problem({
        expected: 'these images from their registries, since MEHO_IMAGES=registry allows no other source',
        observed: refused
          .map(({ image, refusal: { place, reason } }) => `${image.name} (${place}): ${reason}`)
          .join('\n'),
        next:
          options.registry === undefined
            ? 'make the registries reachable, or use MEHO_IMAGES=auto to have the images built'
            : `put them there (MEHO_REGISTRY=${options.registry} npm run images -- --push on a machine that has them), or use MEHO_IMAGES=auto to have them built`,
      });
    }
    options.progress.note(
      `no registry gives ${refused.map(({ image }) => image.name).join(', ')}; they will be built (${reasons})`,
    );
  }
  const missing = new Set(refused.map(({ image }) => image));
  return images.filter((image) => !isAsked(image) || missing.has(image));
}

/** The last place that was asked, and what it said. */
interface PlaceRefusal {
  readonly place: string;
  readonly reason: string;
}

async function pullOne(
  { name }: PlannedImage,
  places: readonly string[],
  { engine, signal, registries, registry, onPulled, report }: PullImagesOptions & { report: (line: string) => void },
): Promise<PlaceRefusal | undefined> {
  let refusal: PlaceRefusal | undefined;
  for (const place of places) {
    const result = await registries.pull(place, {
      answerWithinMs,
      deadlineMs: pullDeadlineMs,
      signal,
      onProgress: (line) => report(`${name}: ${line}`),
      // One of our own is asked for what it said; others are asked as they always were.
      byDigest: registry !== undefined,
    });
    if (result.outcome !== 'pulled') {
      refusal = { place, reason: result.reason };
      continue;
    }
    const pulled = await imageInEngine(engine, name, place, 'registry');
    if (pulled !== undefined) {
      onPulled(pulled);
      return undefined;
    }
    refusal = { place, reason: 'the engine took it and does not have it' };
  }
  return refusal;
}
