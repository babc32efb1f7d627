import { UsageError } from '../problem.ts';
import { run } from '../process/run.ts';
import type { Credentials } from './credentials.ts';
import { type Fields, isFields } from './kubeconfig.ts';

export interface ExecTarget {
  readonly server: URL;
  readonly ca: string | undefined;
  readonly description: string;
}

interface ExecUser {
  readonly name: string;
  readonly folder: string;
  readonly target: ExecTarget;
  readonly signal: AbortSignal;
}

const DEADLINE_MS = 30_000;
const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Credentials from a kubeconfig's exec plugin (client.authentication.k8s.io), fetched now and again when they expire.
 *
 * @throws UsageError when the plugin can't be run or gives no credentials
 */
export async function execIdentity(exec: Fields, user: ExecUser): Promise<() => Promise<Credentials>> {
  let current = await ask(exec, user);
  // The signal calls off the start alone: what cleans up after it has fired needs credentials as well.
  const later = { ...user, signal: new AbortController().signal };
  return async () => {
    if (current.expires !== undefined && current.expires - Date.now() < 10_000) {
      current = await ask(exec, later);
    }
    return current.credentials;
  };
}

async function ask(exec: Fields, { name, folder, target, signal }: ExecUser) {
  const { command, args, env, apiVersion, installHint } = exec;
  const problem = (what: string, cause?: unknown) =>
    new UsageError([`${target.description}: the exec plugin of user ${name} ${what}`], { cause });
  if (typeof command !== 'string' || command === '') {
    throw problem('has no command');
  }
  if (typeof apiVersion !== 'string' || !VERSIONS.includes(apiVersion)) {
    throw problem(`speaks ${String(apiVersion)}; expected ${VERSIONS.join(' or ')}`);
  }
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec['provideClusterInfo'] === true ? { cluster: clusterInfo(target) } : {}),
    },
  };
  let stdout: string;
  try {
    const finished = await run(command, Array.isArray(args) ? args.map(String) : [], {
      cwd: command.includes('/') ? folder : process.cwd(),
      env: { ...pluginEnvironment(env), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      timeoutMs: DEADLINE_MS,
      signal,
    });
    stdout = finished.stdout;
  } catch (error) {
    signal.throwIfAborted();
    const advice = typeof installHint === 'string' ? `; ${installHint.trim()}` : '';
    const why =
      error instanceof Error && 'exitCode' in error && error.exitCode !== undefined
        ? `ended with exit code ${error.exitCode}`
        : "can't be run";
    throw problem(`${why} (${command})${advice}`, error);
  }
  return credentialOf(stdout, apiVersion, problem);
}

function credentialOf(stdout: string, apiVersion: string, problem: (what: string, cause?: unknown) => UsageError) {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw problem('printed something other than JSON');
  }
  if (!isFields(answer) || answer['kind'] !== 'ExecCredential' || !isFields(answer['status'])) {
    throw problem('printed no ExecCredential with a status');
  }
  if (answer['apiVersion'] !== apiVersion) {
    throw problem(`answered in ${String(answer['apiVersion'])} where ${apiVersion} was asked for`);
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = answer['status'];
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const credentials = { token: text(token), cert: text(clientCertificateData), key: text(clientKeyData) };
  if (credentials.token === undefined && (credentials.cert === undefined || credentials.key === undefined)) {
    throw problem('gave neither a token nor a client certificate with its key');
  }
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  return { credentials, expires: Number.isNaN(expires) ? undefined : expires };
}

function pluginEnvironment(env: unknown): Record<string, string> {
  const pairs = Array.isArray(env) ? env.filter(isFields) : [];
  return Object.fromEntries(pairs.map(({ name, value }) => [String(name), String(value)]));
}

function clusterInfo({ server, ca }: ExecTarget) {
  return {
    server: server.href,
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
}
