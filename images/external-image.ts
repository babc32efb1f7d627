import { UsageError } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { dockerOf } from './engine/client.ts';
import type { Engine } from './engine/engine.ts';
import type { ResolvedImage } from './image.ts';
import { imageInEngine } from './lookup.ts';
import { Registries } from './registry/pull.ts';

/** OCI image spec, "Pre-Defined Annotation Keys". */
const revisionLabel = 'org.opencontainers.image.revision';
const answerWithinMs = 15_000;
const pullDeadlineMs = 15 * 60_000;

export interface ExternalImage {
  readonly image: ResolvedImage;
  readonly revision: string | undefined;
}

/**
 * From the engine or a registry.
 * @throws UsageError in one line if neither has it
 */
export async function findExternalImage(
  reference: string,
  { engine, progress, signal }: { readonly engine: Engine; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<ExternalImage> {
  const image =
    (await imageInEngine(engine, 'judged', reference, 'engine')) ??
    (await progress.step(`pull ${reference}`, async (step) => {
      const pull = await new Registries(engine).pull(reference, {
        answerWithinMs,
        deadlineMs: pullDeadlineMs,
        signal,
        onProgress: (line) => step.update(line),
      });
      if (pull.outcome !== 'pulled') {
        throw new UsageError([
          `image ${reference}: the engine at ${engine.host} doesn't have it, and its registry doesn't give it: ${pull.reason}`,
        ]);
      }
      return imageInEngine(engine, 'judged', reference, 'registry');
    }));
  if (image === undefined) {
    throw new Error(`image ${reference} was pulled and is not there`);
  }
  const { Config: config } = await dockerOf(engine).getImage(image.id).inspect();
  const revision = config.Labels?.[revisionLabel];
  return { image, revision: revision === '' ? undefined : revision };
}
