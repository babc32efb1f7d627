import path from 'node:path';
import { readBoundedText } from '@meho/core/bounded-file';
import { type DockerEnvironment, readDockerEnvironment } from '@meho/core/config/docker';
import { messageOf, Problem, UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';

/** As the engine takes it. Secret. */
export type Credentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

const helperDeadlineMs = 20_000;
/** What Docker calls its own registry in its configuration. */
const dockerHub = 'https://index.docker.io/v1/';
/** Helpers say so, with exit code 1: https://github.com/docker/docker-credential-helpers#development */
const unknownToHelper = 'credentials not found';

/**
 * What Docker's own client would send to a registry: DOCKER_AUTH_CONFIG, then the helper of that registry, then the common
 * helper, then what its configuration holds itself.
 *
 * @returns undefined where it has none
 * @throws UsageError if the configuration can't be read, Problem if a helper fails; neither shows what they hold
 */
export async function credentialsFor(
  registry: string,
  signal: AbortSignal,
  environment: DockerEnvironment = readDockerEnvironment(),
): Promise<Credentials | undefined> {
  const server = registry === 'docker.io' ? dockerHub : registry;
  if (environment.authConfig !== undefined) {
    const given = inFile(parsed(environment.authConfig, 'DOCKER_AUTH_CONFIG'), server, 'DOCKER_AUTH_CONFIG');
    if (given !== undefined) {
      return given;
    }
  }
  const file = path.join(environment.configFolder, 'config.json');
  const text = textOf(file);
  if (text === undefined) {
    return undefined;
  }
  const configuration = parsed(text, file);
  const helper = textIn(objectIn(configuration, 'credHelpers'), server) ?? textIn(configuration, 'credsStore');
  return helper === undefined ? inFile(configuration, server, file) : fromHelper(helper, server, signal);
}

async function fromHelper(name: string, server: string, signal: AbortSignal): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  let answer: string;
  try {
    const options = { stdin: server, timeoutMs: helperDeadlineMs, signal, printsSecret: true, acceptExitCodes: [1] };
    const { stdout, exitCode } = await run(program, ['get'], options);
    if (exitCode !== 0 && stdout.includes(unknownToHelper)) {
      return undefined;
    }
    if (exitCode !== 0) {
      throw new Error('it ended with exit code 1');
    }
    answer = stdout;
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof CommandError && error.code === 'ENOENT' ? 'it is not on PATH' : messageOf(error);
    throw new Problem({
      expected: `${program}, which Docker's configuration names, to give the credentials of ${server}`,
      observed: why,
      next: `try: echo ${server} | ${program} get`,
    });
  }
  const told = parsed(answer, program);
  const [username, secret] = [textIn(told, 'Username'), textIn(told, 'Secret')];
  if (username === undefined || secret === undefined) {
    return undefined;
  }
  return username === '<token>'
    ? { identitytoken: secret, serveraddress: server }
    : { username, password: secret, serveraddress: server };
}

/** An entry is named after the host, or after a URL of it. */
function inFile(configuration: object, server: string, where: string): Credentials | undefined {
  const entries = objectIn(configuration, 'auths') ?? {};
  const key =
    server in entries ? server : Object.keys(entries).find((name) => hostOf(name) === hostOf(server) && name !== '');
  const entry = key === undefined ? undefined : objectIn(entries, key);
  if (entry === undefined) {
    return undefined;
  }
  const token = textIn(entry, 'identitytoken');
  if (token !== undefined) {
    return { identitytoken: token, serveraddress: server };
  }
  const encoded = textIn(entry, 'auth');
  if (encoded === undefined) {
    const [username, password] = [textIn(entry, 'username'), textIn(entry, 'password')];
    return username === undefined || password === undefined ? undefined : { username, password, serveraddress: server };
  }
  const [username = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  if (username === '' || rest.length === 0) {
    throw new UsageError([`${where}: expected NAME:PASSWORD in base64 as auth of ${server}; docker login ${server}`]);
  }
  return { username, password: rest.join(':').replace(/\0+$/, ''), serveraddress: server };
}

const hostOf = (name: string): string => name.replace(/^https?:\/\//, '').split('/', 1)[0] ?? name;

function textOf(file: string): string | undefined {
  try {
    return readBoundedText(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new UsageError([`Docker's configuration can't be read: ${file}`], { cause: error });
  }
}

/** Parsers repeat what they read, and it is secret. */
function parsed(text: string, where: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value;
    }
  } catch {
    // Told below, without the text.
  }
  throw new UsageError([`${where}: expected a JSON object; mend it`]);
}

function fieldOf(value: object | undefined, name: string): unknown {
  return value !== undefined && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function objectIn(value: object | undefined, name: string): object | undefined {
  const found = fieldOf(value, name);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined;
}

function textIn(value: object | undefined, name: string): string | undefined {
  const found = fieldOf(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
