import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from '../config.ts';

/** Docker's own variables for finding its engine. */
export interface DockerEnvironment {
  /** DOCKER_HOST */
  readonly host: string | undefined;
  /** DOCKER_CONTEXT */
  readonly context: string | undefined;
  /** DOCKER_CONFIG, by default `~/.docker`. */
  readonly configFolder: string;
  /** DOCKER_TLS_VERIFY: set to anything, even `0`, as in Docker. */
  readonly tlsVerify: boolean;
  /** DOCKER_TLS: unverified encryption. */
  readonly tls: boolean;
  /** DOCKER_CERT_PATH */
  readonly certPath: string | undefined;
  /** DOCKER_AUTH_CONFIG: registry credentials. Secret. */
  readonly authConfig: string | undefined;
}

export function readDockerEnvironment(env: Environment = process.env): DockerEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    host: value('DOCKER_HOST'),
    context: value('DOCKER_CONTEXT'),
    configFolder: value('DOCKER_CONFIG') ?? path.join(value('HOME') ?? homedir(), '.docker'),
    tlsVerify: value('DOCKER_TLS_VERIFY') !== undefined,
    tls: value('DOCKER_TLS') !== undefined,
    certPath: value('DOCKER_CERT_PATH'),
    authConfig: value('DOCKER_AUTH_CONFIG'),
  };
}

const dockerVariables = ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_PATH_PREFIX'] as const;

/** Docker's client mixes these variables into its options. */
export function withoutDockerVariables<T>(work: () => T, env: Record<string, string | undefined> = process.env): T {
  const kept = dockerVariables.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  for (const [name] of kept) {
    delete env[name];
  }
  try {
    return work();
  } finally {
    Object.assign(env, Object.fromEntries(kept));
  }
}

/** Replaces earlier settings, for this process and its children. */
export function setDockerVariables(
  variables: Readonly<Record<string, string>>,
  env: Record<string, string | undefined> = process.env,
): void {
  for (const name of [...dockerVariables, 'DOCKER_TLS']) {
    delete env[name];
  }
  Object.assign(env, variables);
}

/** Set by the user, or by our command for its children. */
export interface TestcontainersEnvironment {
  /** DOCKER_HOST */
  readonly dockerHost: string | undefined;
  /** TESTCONTAINERS_RYUK_DISABLED. */
  readonly ryukDisabled: boolean | undefined;
}

export function readTestcontainersEnvironment(env: Environment = process.env): TestcontainersEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const disabled = value('TESTCONTAINERS_RYUK_DISABLED');
  return {
    dockerHost: value('DOCKER_HOST'),
    ryukDisabled: disabled === undefined ? undefined : disabled === 'true' || disabled === '1',
  };
}
