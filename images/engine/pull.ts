import { messageOf } from '@meho/core/problem';
import type Docker from 'dockerode';
import { dockerOf, statusOf } from './client.ts';
import type { Engine } from './engine.ts';
import { followStream } from './follow.ts';

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
}

/**
 * Pulls through an engine, with its proxies and mirrors. Remembers silent registries, so that an offline machine waits
 * once.
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
      // The engine answers after the registry, so any wait until here is the registry's.
      const stream = await this.#docker.pull(reference, { abortSignal });
      clearTimeout(timer);
      await followStream(this.#docker, stream, ({ status, progress }) =>
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

/** Engine messages end with the cause: `… Get "https://…": dial tcp: …: no such host`. */
function lastCause(text: string): string {
  return text.trim().split(': ').at(-1)?.trim() ?? text;
}

/** Registries refuse in many words; any of these proves that one answered. */
function isRefusal(error: unknown, reason: string): boolean {
  return statusOf(error) === 404 || /denied|unauthorized|not found|manifest unknown|toomanyrequests/i.test(reason);
}

/** Defaults to Docker Hub. */
export function registryOf(reference: string): string {
  const [first, ...rest] = reference.split('/');
  const isHost = rest.length > 0 && first !== undefined && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
