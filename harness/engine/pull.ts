import type Docker from 'dockerode';
import { messageOf } from '../problem.ts';
import { dockerOf, statusOf } from './client.ts';
import type { Engine } from './engine.ts';
import { followed } from './follow.ts';

export type Pull =
  | { readonly outcome: 'pulled' }
  /** The registry answers, and won't give this image. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The registry can't be reached: nothing else can be had from it either. */
  | { readonly outcome: 'unreachable'; readonly reason: string };

export interface PullOptions {
  /** How long to wait for the registry's first answer, in milliseconds. */
  readonly answerWithinMs: number;
  /** How long the whole pull may take, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/**
 * Asks registries for images by way of an engine, which knows its own proxies and mirrors, and remembers which of
 * them did not answer, so that a machine without any waits once and not for each image.
 */
export class Registries {
  readonly #docker: Docker;
  readonly #unreachable = new Map<string, string>();

  constructor(engine: Engine) {
    this.#docker = dockerOf(engine);
  }

  async pull(reference: string, options: PullOptions): Promise<Pull> {
    const registry = registryOf(reference);
    const known = this.#unreachable.get(registry);
    if (known !== undefined) {
      return { outcome: 'unreachable', reason: known };
    }
    const result = await this.#pull(reference, options);
    if (result.outcome === 'unreachable') {
      this.#unreachable.set(registry, result.reason);
    }
    return result;
  }

  async #pull(reference: string, { answerWithinMs, deadlineMs, signal, onProgress }: PullOptions): Promise<Pull> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), answerWithinMs);
    const abortSignal = AbortSignal.any([signal, patience.signal, AbortSignal.timeout(deadlineMs)]);
    try {
      // The engine answers once the registry has: until then it is the registry that keeps us waiting.
      const stream = await this.#docker.pull(reference, { abortSignal });
      clearTimeout(timer);
      await followed(this.#docker, stream, ({ status, progress }) =>
        onProgress?.([status, progress].filter(Boolean).join(' ')),
      );
      return { outcome: 'pulled' };
    } catch (error) {
      signal.throwIfAborted();
      if (patience.signal.aborted) {
        return { outcome: 'unreachable', reason: `no answer in ${answerWithinMs / 1000} s` };
      }
      const text = messageOf(error);
      return { outcome: isRefusal(error, text) ? 'refused' : 'unreachable', reason: lastCause(text) };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The engine's messages go from the general to the cause: `… Get "https://…": dial tcp: …: no such host`. */
function lastCause(text: string): string {
  return text.trim().split(': ').at(-1)?.trim() ?? text;
}

/** Registries say no in many words; whoever says one of these could be asked. */
function isRefusal(error: unknown, reason: string): boolean {
  return statusOf(error) === 404 || /denied|unauthorized|not found|manifest unknown|toomanyrequests/i.test(reason);
}

/** The registry's host in an image reference; without one it is Docker Hub. */
export function registryOf(reference: string): string {
  const [first, ...rest] = reference.split('/');
  const isHost = rest.length > 0 && first !== undefined && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
