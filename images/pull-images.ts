import type { ImageMode } from '@meho/core/config';
import { Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import type { Engine } from './engine/engine.ts';
import { type Registries, registryOf } from './engine/pull.ts';
import type { ResolvedImage } from './image.ts';
import { imageInEngine } from './lookup.ts';
import type { PlannedImage } from './plan.ts';
import { summarizeNames } from './summarize-names.ts';

export interface PullImagesOptions {
  readonly engine: Engine;
  readonly mode: ImageMode;
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
  const asked = options.mode === 'build' ? [] : images.filter(({ registry }) => registry !== undefined);
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
          const refusal = await pullOne(image, options, report);
          left -= 1;
          return refusal === undefined ? undefined : { image, refusal };
        }),
      );
    },
  );
  const refused = refusals.filter((each) => each !== undefined);
  if (refused.length > 0) {
    const reasons = [
      ...new Set(refused.map(({ image, refusal }) => `${registryOf(image.registry ?? '')}: ${refusal}`)),
    ].join('; ');
    if (options.mode === 'registry') {
      throw new Problem({
        expected: 'these images from their registries, since MEHO_IMAGES=registry allows no other source',
        observed: refused.map(({ image, refusal }) => `${image.name} (${image.registry}): ${refusal}`).join('\n'),
        next: 'make the registries reachable, or use MEHO_IMAGES=auto to have the images built',
      });
    }
    options.progress.note(
      `no registry gives ${refused.map(({ image }) => image.name).join(', ')}; they will be built (${reasons})`,
    );
  }
  const missing = new Set(refused.map(({ image }) => image));
  return images.filter((image) => image.registry === undefined || missing.has(image));
}

async function pullOne(
  image: PlannedImage,
  { engine, signal, registries, onPulled }: PullImagesOptions,
  report: (line: string) => void,
): Promise<string | undefined> {
  const { name, registry: reference = '' } = image;
  const result = await registries.pull(reference, {
    answerWithinMs,
    deadlineMs: pullDeadlineMs,
    signal,
    onProgress: (line) => report(`${name}: ${line}`),
  });
  if (result.outcome !== 'pulled') {
    return result.reason;
  }
  const pulled = await imageInEngine(engine, name, reference, 'registry');
  if (pulled === undefined) {
    return 'the engine took it and does not have it';
  }
  onPulled(pulled);
  return undefined;
}
