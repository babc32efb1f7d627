import { type DockerEnvironment, readDockerEnvironment } from '@meho/core/config/docker';
import { UsageError } from '@meho/core/problem';
import { contextOf, currentContext } from './context.ts';
import type { EngineTls } from './engine.ts';
import { tlsFrom } from './tls-material.ts';

export interface EngineEndpoint {
  /** In DOCKER_HOST's format, with its port. */
  readonly host: string;
  /** E.g. `DOCKER_HOST` or `Docker context lab (DOCKER_CONTEXT)`. */
  readonly source: string;
  readonly tls?: EngineTls;
}

const defaultHost = 'unix:///var/run/docker.sock';

/**
 * In Docker's order: DOCKER_HOST, DOCKER_CONTEXT, current context. Docker falls back to the default engine if its
 * configuration is unreadable; here that is refused, as nobody chose that engine.
 * @returns undefined if none is named, or the context is `default`
 * @throws UsageError naming what is broken or unsupported
 */
export function namedEndpoint(env: DockerEnvironment = readDockerEnvironment()): EngineEndpoint | undefined {
  if (env.host !== undefined) {
    return fromVariables(env.host, 'DOCKER_HOST', env);
  }
  const named =
    env.context === undefined
      ? currentContext(env.configFolder)
      : { name: env.context, source: `Docker context ${env.context} (DOCKER_CONTEXT)` };
  if (named !== undefined && named.name !== 'default') {
    const { source } = named;
    const { host, tls } = contextOf(env.configFolder, named.name, source);
    return { ...reachable(host === '' ? defaultHost : host, source, tls !== undefined), source, ...withTls(tls) };
  }
  // TLS variables put the default engine behind a port.
  return env.tlsVerify || env.tls
    ? fromVariables('tcp://localhost', env.tlsVerify ? 'DOCKER_TLS_VERIFY' : 'DOCKER_TLS', env)
    : undefined;
}

export function endpointProblems(env?: DockerEnvironment): readonly string[] {
  try {
    namedEndpoint(env);
    return [];
  } catch (error) {
    if (error instanceof UsageError) {
      return error.problems;
    }
    throw error;
  }
}

function fromVariables(text: string, source: string, env: DockerEnvironment): EngineEndpoint {
  if (env.tls && !env.tlsVerify) {
    throw refusalError('DOCKER_TLS', 'asks for encryption without verification, and testcontainers always verifies', [
      'set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to a folder with ca.pem, cert.pem and key.pem',
    ]);
  }
  const tls = env.tlsVerify ? tlsFrom(env.certPath ?? env.configFolder, 'DOCKER_TLS_VERIFY') : undefined;
  return { ...reachable(text.trim(), source, tls !== undefined), source, ...withTls(tls) };
}

const withTls = (tls: EngineTls | undefined) => (tls === undefined ? {} : { tls });

/**
 * Reads hosts like Docker's client: lower-case schemes only; defaults are `tcp://`, localhost, and port 2375, or 2376
 * with TLS.
 */
function reachable(text: string, source: string, encrypted: boolean): { readonly host: string } {
  const [, scheme = 'tcp', rest = ''] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (scheme === 'unix') {
    if (encrypted) {
      throw refusalError(source, 'names a socket and TLS for it, which no engine speaks there', [
        'unset DOCKER_TLS_VERIFY',
      ]);
    }
    return { host: rest === '' ? defaultHost : `unix://${rest}` };
  }
  if (scheme === 'ssh') {
    throw refusalError(source, `names ${JSON.stringify(withoutLogin(text))}, and ssh:// isn't followed here`, [
      'forward its socket (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST) and set DOCKER_HOST=unix:///tmp/docker.sock',
    ]);
  }
  const url =
    scheme === 'tcp' && !rest.startsWith('/') ? URL.parse(`tcp://${rest.replace(/^(?=:|$)/, 'localhost')}`) : null;
  if (url === null || url.hostname === '') {
    throw refusalError(source, `names ${JSON.stringify(withoutLogin(text))}, expected unix:///… or tcp://HOST:PORT`);
  }
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    throw refusalError(
      source,
      `names ${JSON.stringify(withoutLogin(text))} with a path behind the port, which isn't followed here`,
    );
  }
  const usualPort = encrypted ? '2376' : '2375';
  return { host: `tcp://${url.hostname}:${url.port === '' ? usualPort : url.port}` };
}

const withoutLogin = (text: string) => text.replace(/\/\/[^/@]*@/, '//');

function refusalError(source: string, what: string, next: readonly string[] = []): UsageError {
  return new UsageError([[`${source} ${what}`, ...next].join('; ')]);
}
