import { messageOf } from '@meho/core/problem';
import { orAborted } from '@meho/core/wait/or-aborted';
import type Docker from 'dockerode';
import { dockerOf, statusOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { followStream } from '../engine/follow.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { registryOf } from './place.ts';
import { type Asked, passesByItself, type Refusal, refusalIn } from './refusal.ts';
import { untilItPasses } from './until-it-passes.ts';

export type Pull =
  | { readonly outcome: 'pulled' }
  /** The registry answers but refuses this image. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** No other image can come from it either. */
  | { readonly outcome: 'unreachable'; readonly reason: string };

export interface PullOptions {
  /** For the registry's first answer. */
  readonly answerWithinMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (line: string) => void;
  /** What a tag names is asked for first, and pulled as that: it can't change in between. The tag is set in the engine. */
  readonly byDigest?: boolean;
}

interface Attempt extends PullOptions {
  readonly credentials: Credentials | undefined;
}

const firstPauseMs = 1_000;

/**
 * Pulls through an engine, with its proxies and mirrors and the credentials of Docker's configuration. Remembers silent
 * registries, so that an offline machine waits once.
 */
export class Registries {
  readonly #docker: Docker;
  readonly #unreachable = new Map<string, string>();
  readonly #credentials = new Map<string, Promise<Credentials | undefined>>();

  constructor(engine: Engine) {
    this.#docker = dockerOf(engine);
  }

  /** What a registry tells to pass by itself (429, 5xx, a connection that breaks) is asked for again, within the deadline. */
  async pull(reference: string, options: PullOptions): Promise<Pull> {
    const registry = registryOf(reference);
    const known = this.#unreachable.get(registry);
    if (known !== undefined) {
      return { outcome: 'unreachable', reason: known };
    }
    const deadline = AbortSignal.timeout(options.deadlineMs);
    const signal = AbortSignal.any([options.signal, deadline]);
    const credentials = await this.#credentialsFor(registry, options.signal);
    const refusal = await untilItPasses(() => this.#attempt(reference, { ...options, signal, credentials }), {
      passes: (each) => each !== undefined && passesByItself(each),
      firstPauseMs,
      signal,
      onPause: options.onProgress,
    }).catch((error: unknown) => {
      options.signal.throwIfAborted();
      if (!deadline.aborted) {
        throw error;
      }
      return { kind: 'away', reason: `not there after ${options.deadlineMs / 1000} s` } satisfies Refusal;
    });
    options.signal.throwIfAborted();
    if (refusal === undefined) {
      return { outcome: 'pulled' };
    }
    const { kind, reason } = refusal;
    const isAnswer = !['away', 'other', 'untrusted', 'interrupted'].includes(kind);
    if (!isAnswer) {
      this.#unreachable.set(registry, reason);
    }
    return { outcome: isAnswer ? 'refused' : 'unreachable', reason };
  }

  async #attempt(
    reference: string,
    { answerWithinMs, signal, onProgress, credentials, byDigest }: Attempt,
  ): Promise<Refusal | undefined> {
    const patience = new AbortController();
    const asked: Asked = { registry: registryOf(reference), hasCredentials: credentials !== undefined };
    const timer = setTimeout(() => patience.abort(), answerWithinMs);
    const abortSignal = AbortSignal.any([signal, patience.signal]);
    try {
      // The engine answers after the registry, so any wait until here is the registry's.
      const named = byDigest === true ? await this.#named(reference, credentials, abortSignal) : undefined;
      const content = named === undefined ? reference : `${repositoryIn(reference)}@${named}`;
      const stream = await orAborted(this.#docker.pull(content, { abortSignal, ...authOf(credentials) }), abortSignal);
      clearTimeout(timer);
      await followStream(this.#docker, stream, ({ status, progress }) =>
        onProgress?.([status, progress].filter(Boolean).join(' ')),
      );
      if (byDigest === true) {
        await this.#refuseOtherPlatform(content, signal);
      }
      if (named !== undefined) {
        await orAborted(this.#docker.getImage(content).tag(tagged(reference)), signal);
      }
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OtherPlatform) {
        return { kind: 'other-platform', reason: error.message };
      }
      if (patience.signal.aborted) {
        return { kind: 'away', reason: `no answer in ${answerWithinMs / 1000} s` };
      }
      const said = statusOf(error) === 404 ? `${messageOf(error)}: not found` : messageOf(error);
      return refusalIn(said, asked);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @returns the digest; undefined where the engine can't tell (Podman), or finds nothing: the pull then says why
   */
  async #named(
    reference: string,
    credentials: Credentials | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const image = this.#docker.getImage(reference);
    try {
      const { Descriptor: descriptor } = await orAborted(image.distribution(authOf(credentials)), signal);
      return descriptor.digest;
    } catch (error) {
      if (statusOf(error) === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Looked at once it is there: not every engine tells before, of a manifest without an index. */
  async #refuseOtherPlatform(reference: string, signal: AbortSignal): Promise<void> {
    const image = this.#docker.getImage(reference);
    const [there, engine] = await orAborted(Promise.all([image.inspect(), this.#docker.version()]), signal);
    if (there.Os !== engine.Os || there.Architecture !== engine.Arch) {
      await orAborted(image.remove(), signal);
      throw new OtherPlatform(
        `it is there for ${there.Os}/${there.Architecture}, and the engine runs ${engine.Os}/${engine.Arch}`,
      );
    }
  }

  #credentialsFor(registry: string, signal: AbortSignal): Promise<Credentials | undefined> {
    const known = this.#credentials.get(registry) ?? credentialsFor(registry, signal);
    this.#credentials.set(registry, known);
    return known;
  }
}

/** An engine takes an image for another platform without a word, and fails when it starts. */
class OtherPlatform extends Error {}

/** Without its tag. */
function repositoryIn(reference: string): string {
  const { repo } = tagged(reference);
  return repo;
}

export function tagged(reference: string): { readonly repo: string; readonly tag: string } {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) }
    : { repo: reference, tag: 'latest' };
}

function authOf(credentials: Credentials | undefined): { readonly authconfig?: Docker.AuthConfig } {
  return credentials === undefined ? {} : { authconfig: credentials };
}
