import { Agent } from 'node:https';
import { withoutDockerVariables } from '@meho/core/config/docker';
import { messageOf } from '@meho/core/problem';
import Docker from 'dockerode';
import type { EngineEndpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';

type Reachable = Pick<EngineEndpoint, 'host' | 'tls'>;

/** Takes nothing from the environment: the engine has been decided. */
function dockerAt({ host, tls }: Reachable): Docker {
  if (host.startsWith('unix://')) {
    return withoutDockerVariables(() => new Docker({ socketPath: host.slice('unix://'.length) }));
  }
  const { hostname, port } = new URL(host);
  if (tls === undefined) {
    return withoutDockerVariables(() => new Docker({ protocol: 'http', host: hostname, port: Number(port) }));
  }
  const { ca, cert, key } = tls;
  // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED would apply otherwise.
  const agent = new Agent({ ca, cert, key, rejectUnauthorized: true, allowPartialTrustChain: true });
  // The client's types lack the agent.
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

/** An answer later than `deadlineMs` counts as none. */
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

/** Undefined if the error isn't an answer of the engine. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The client's types lack the signal; without it, a silent server would block. */
async function versionOf(docker: Docker, signal: AbortSignal): Promise<Docker.DockerVersion> {
  const version: (options: { readonly abortSignal: AbortSignal }) => Promise<Docker.DockerVersion> = docker.version;
  return version.call(docker, { abortSignal: signal });
}
