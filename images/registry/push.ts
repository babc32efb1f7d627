import { messageOf, Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { orAborted } from '@meho/core/wait/or-aborted';
import { dockerOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { followStream } from '../engine/follow.ts';
import type { ResolvedImage } from '../image.ts';
import { builtPrefix } from '../plan.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { builtIn, mirroredIn, registryOf } from './place.ts';
import { tagged } from './pull.ts';
import { passesByItself, refusalIn } from './refusal.ts';
import { untilItPasses } from './until-it-passes.ts';

export interface PushedImage {
  readonly name: string;
  /** E.g. `registry.example.com/meho/postgres@sha256:…`. */
  readonly pinned: string;
}

export interface PushOptions {
  readonly engine: Engine;
  /** MEHO_REGISTRY: `HOST/PREFIX`. */
  readonly registry: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const pushDeadlineMs = 15 * 60_000;
const firstPauseMs = 1_000;

/**
 * Puts images where runs with the same MEHO_REGISTRY ask for them. What is there already isn't sent again.
 *
 * @throws Problem naming the first image that the registry doesn't take, and why
 */
export async function pushImages(
  images: readonly ResolvedImage[],
  { engine, registry: prefix, progress, signal }: PushOptions,
): Promise<readonly PushedImage[]> {
  const credentials = await credentialsFor(registryOf(`${prefix}/x`), signal);
  const pushed: PushedImage[] = [];
  // One after the other: an engine sends the layers of one side by side.
  for (const image of images) {
    const digest = await progress.step(`push ${image.name}`, (step) =>
      pushOne(image, placeIn(prefix, image), {
        ...{ engine, credentials },
        signal: AbortSignal.any([signal, AbortSignal.timeout(pushDeadlineMs)]),
        onProgress: step.update,
      }),
    );
    pushed.push({ name: image.name, pinned: `${tagged(placeIn(prefix, image)).repo}@${digest}` });
  }
  return pushed;
}

/** What was built keeps its hash, what is published elsewhere its path. */
function placeIn(prefix: string, { reference }: ResolvedImage): string {
  if (reference.startsWith(`${prefix}/`)) {
    return reference;
  }
  return reference.startsWith(builtPrefix) ? builtIn(prefix, reference) : mirroredIn(prefix, reference);
}

interface Sending {
  readonly engine: Engine;
  readonly credentials: Credentials | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

async function pushOne(image: ResolvedImage, place: string, sending: Sending): Promise<string> {
  const { engine, credentials, signal, onProgress } = sending;
  const docker = dockerOf(engine);
  const registry = registryOf(place);
  const isOurTag = place !== image.reference;
  if (isOurTag) {
    await docker.getImage(image.reference).tag(tagged(place));
  }
  try {
    const attempt = async () => {
      try {
        return await send(place, sending);
      } catch (error) {
        signal.throwIfAborted();
        return refusalIn(messageOf(error), { registry, hasCredentials: credentials !== undefined });
      }
    };
    const passes = (result: Awaited<ReturnType<typeof attempt>>) => 'kind' in result && passesByItself(result);
    const result = await untilItPasses(attempt, { passes, firstPauseMs, signal, onPause: onProgress });
    signal.throwIfAborted();
    if ('kind' in result) {
      throw new Problem({
        expected: `${registry} to take ${image.name} as ${place}`,
        observed: result.reason,
        next: 'mend that and push again: what is there already is not sent twice',
      });
    }
    return result.digest;
  } finally {
    if (isOurTag) {
      await docker.getImage(place).remove({ noprune: true });
    }
  }
}

async function send(
  place: string,
  { engine, credentials, signal, onProgress }: Sending,
): Promise<{ readonly digest: string }> {
  const docker = dockerOf(engine);
  // Engines refuse a push without the header, whatever it says.
  const authconfig = credentials ?? { serveraddress: registryOf(place) };
  const stream = await orAborted(docker.getImage(place).push({ authconfig, abortSignal: signal }), signal);
  let digest: string | undefined;
  await followStream(docker, stream, ({ status, progress, aux }) => {
    digest = aux?.Digest ?? digest;
    onProgress([status, progress].filter(Boolean).join(' '));
  });
  if (digest === undefined) {
    throw new Error('the engine has pushed it and tells no digest');
  }
  return { digest };
}
