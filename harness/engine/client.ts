import { Agent } from 'node:https';
import Docker from 'dockerode';
import { withoutDockerVariables } from '../config.ts';
import { messageOf } from '../problem.ts';
import type { EngineEndpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';

type Reachable = Pick<EngineEndpoint, 'host' | 'tls'>;

/** A client of an engine's API. What isn't said is not taken from the environment: an engine is what was decided once. */
function dockerAt({ host, tls }: Reachable): Docker {
  if (host.startsWith('unix://')) {
    return withoutDockerVariables(() => new Docker({ socketPath: host.slice('unix://'.length) }));
  }
  const { hostname, port } = new URL(host);
  if (tls === undefined) {
    return withoutDockerVariables(() => new Docker({ protocol: 'http', host: hostname, port: Number(port) }));
  }
  const { ca, cert, key } = tls;
  // Said here, since NODE_TLS_REJECT_UNAUTHORIZED would decide where it isn't.
  const agent = new Agent({ ca, cert, key, rejectUnauthorized: true, allowPartialTrustChain: true });
  // The client's types don't know that it takes an agent.
  const options: Docker.DockerOptions & { readonly agent: Agent } = {
    protocol: 'https',
    host: hostname,
    port: Number(port),
    ca,
    cert,
    key,
    agent,
  };
  return withoutDockerVariables(() => new Docker(options));
}

export const dockerOf = (engine: Engine): Docker => dockerAt(engine);

export type Ping =
  | { readonly answers: true; readonly version: string }
  | { readonly answers: false; readonly reason: string };

/** Asks an engine for its version. An answer that doesn't come within `deadlineMs` is none. */
export async function ping(endpoint: Reachable, deadlineMs: number): Promise<Ping> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const version = await versionOf(dockerAt(endpoint), deadline);
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
