import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { V1Status } from '@kubernetes/client-node';
import type { KubeApi } from '../api/api.ts';
import { officialConfig, openingFault } from '../kubeconfig/official-config.ts';

export interface PodCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

export interface PodAnswer {
  readonly exitCode: number;
  /** Interleaved. */
  readonly output: string;
}

/** @throws if the API server or kubelet refuses, which says nothing about the command */
export async function execInPod(api: KubeApi, target: PodCommand, signal: AbortSignal): Promise<PodAnswer> {
  const { Exec } = await import('@kubernetes/client-node');
  const config = await officialConfig(api);
  signal.throwIfAborted();
  const output = new PassThrough();
  const collected = text(output);
  const ended = Promise.withResolvers<V1Status>();
  // An abort may precede the await; then the output isn't read either.
  ended.promise.catch(() => undefined);
  collected.catch(() => undefined);
  const socket = await new Exec(config)
    .exec(target.namespace, target.pod, target.container, [...target.command], output, output, null, false, (status) =>
      ended.resolve(status),
    )
    .catch((thrown: unknown) => {
      throw openingFault(thrown, api);
    });
  const abort = () => ended.reject(signal.reason);
  if (signal.aborted) {
    abort();
  }
  signal.addEventListener('abort', abort, { once: true });
  socket.addEventListener('close', () => ended.reject(new Error('the connection ended before the command did')));
  try {
    const status = await ended.promise;
    output.end();
    return { exitCode: exitCodeOf(status), output: (await collected).trim() };
  } finally {
    signal.removeEventListener('abort', abort);
    socket.close();
    output.destroy();
  }
}

/** Reads a failure's cause; success has none. */
export function exitCodeOf(status: V1Status): number {
  if (status.status === 'Success') {
    return 0;
  }
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  if (cause?.message === undefined) {
    throw new Error(status.message ?? 'the command was not run');
  }
  return Number(cause.message);
}
