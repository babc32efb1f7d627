import { type DockerEnvironment, readDockerEnvironment } from '../config.ts';
import { UsageError } from '../problem.ts';
import { contextOf, currentContext } from './context.ts';
import type { EngineTls } from './engine.ts';
import { tlsFrom } from './tls-material.ts';

/** An engine that somebody has named, as Docker's own client would reach it. */
export interface EngineEndpoint {
  /** As DOCKER_HOST takes it, with its port. */
  readonly host: string;
  /** Who names it, e.g. `DOCKER_HOST` or `Docker context lab (DOCKER_CONTEXT)`. */
  readonly source: string;
  readonly tls?: EngineTls;
}

const defaultHost = 'unix:///var/run/docker.sock';

/**
 * The engine that is named, by Docker's own order: DOCKER_HOST, then DOCKER_CONTEXT, then the current context of the
 * client's configuration. Docker passes over a configuration that it can't read and takes the default engine: here that is
 * refused, since a run would come and go in an engine that nobody meant.
 *
 * @returns undefined where nobody names one, or the context is `default`
 * @throws UsageError that names what is broken, or can't be followed
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
  // The variables of TLS are about the default engine, which with them is behind a port.
  return env.tlsVerify || env.tls
    ? fromVariables('tcp://localhost', env.tlsVerify ? 'DOCKER_TLS_VERIFY' : 'DOCKER_TLS', env)
    : undefined;
}

/** What is wrong with what names the engine. */
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
    throw refused('DOCKER_TLS', 'asks for encryption without verification, and testcontainers always verifies', [
      'set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH to a folder with ca.pem, cert.pem and key.pem',
    ]);
  }
  const tls = env.tlsVerify ? tlsFrom(env.certPath ?? env.configFolder, 'DOCKER_TLS_VERIFY') : undefined;
  return { ...reachable(text.trim(), source, tls !== undefined), source, ...withTls(tls) };
}

const withTls = (tls: EngineTls | undefined) => (tls === undefined ? {} : { tls });

/**
 * A host as Docker's client reads one, which takes schemes in small letters alone: without a scheme it is `tcp://`, without a name localhost, without a port 2375 or
 * with TLS 2376.
 */
function reachable(text: string, source: string, encrypted: boolean): { readonly host: string } {
  const [, scheme = 'tcp', rest = ''] = /^(?:([^:/]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (scheme === 'unix') {
    if (encrypted) {
      throw refused(source, 'names a socket and TLS for it, which no engine speaks there', ['unset DOCKER_TLS_VERIFY']);
    }
    return { host: rest === '' ? defaultHost : `unix://${rest}` };
  }
  if (scheme === 'ssh') {
    throw refused(source, `names ${JSON.stringify(withoutLogin(text))}, and ssh:// isn't followed here`, [
      'forward its socket (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST) and set DOCKER_HOST=unix:///tmp/docker.sock',
    ]);
  }
  const url =
    scheme === 'tcp' && !rest.startsWith('/') ? URL.parse(`tcp://${rest.replace(/^(?=:|$)/, 'localhost')}`) : null;
  if (url === null || url.hostname === '') {
    throw refused(source, `names ${JSON.stringify(withoutLogin(text))}, expected unix:///… or tcp://HOST:PORT`);
  }
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    throw refused(
      source,
      `names ${JSON.stringify(withoutLogin(text))} with a path behind the port, which isn't followed here`,
    );
  }
  const usualPort = encrypted ? '2376' : '2375';
  return { host: `tcp://${url.hostname}:${url.port === '' ? usualPort : url.port}` };
}

const withoutLogin = (text: string) => text.replace(/\/\/[^/@]*@/, '//');

function refused(source: string, what: string, next: readonly string[] = []): UsageError {
  return new UsageError([[`${source} ${what}`, ...next].join('; ')]);
}
