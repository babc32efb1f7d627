import Docker from 'dockerode';
import { messageOf } from '../problem.ts';
import type { Engine } from './engine.ts';

/**
 * A client of an engine's API.
 *
 * @param host as DOCKER_HOST takes it; for `tcp://` with TLS the client reads DOCKER_TLS_VERIFY and DOCKER_CERT_PATH
 *   from the environment by itself, as every Docker client does
 */
function dockerAt(host: string): Docker {
  const url = new URL(host);
  if (url.protocol === 'unix:') {
    return new Docker({ socketPath: url.pathname });
  }
  if (url.protocol === 'npipe:') {
    return new Docker({ socketPath: url.pathname });
  }
  if (url.protocol === 'ssh:') {
    throw new Error('ssh:// is not understood here: forward the socket and set DOCKER_HOST to it');
  }
  return new Docker({ host: url.hostname, port: url.port === '' ? 2375 : Number(url.port) });
}

export const dockerOf = (engine: Engine): Docker => dockerAt(engine.host);

export type Ping =
  | { readonly answers: true; readonly version: string }
  | { readonly answers: false; readonly reason: string };

/** Asks an engine for its version. An answer that doesn't come within `deadlineMs` is none. */
export async function ping(host: string, deadlineMs: number): Promise<Ping> {
  let docker: Docker;
  try {
    docker = dockerAt(host);
  } catch (error) {
    return { answers: false, reason: messageOf(error) };
  }
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const version = await versionOf(docker, deadline);
    return typeof version.Version === 'string'
      ? { answers: true, version: version.Version }
      : { answers: false, reason: 'it answers, but not like a Docker engine' };
  } catch (error) {
    return { answers: false, reason: deadline.aborted ? `no answer in ${deadlineMs / 1000} s` : messageOf(error) };
  }
}

/** The HTTP status of an answer of the engine that the client threw as an error, if it is one. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The client's types don't know that `version` takes a signal; without one, a server that is silent holds us up. */
async function versionOf(docker: Docker, signal: AbortSignal): Promise<Docker.DockerVersion> {
  const version: (options: { readonly abortSignal: AbortSignal }) => Promise<Docker.DockerVersion> = docker.version;
  return version.call(docker, { abortSignal: signal });
}
