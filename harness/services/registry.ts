import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exchange } from '@meho/core/http/exchange';
import { messageOf, Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import type { Authority } from '@meho/core/testing/authority';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { LogTail } from '@meho/images/engine/containers/log-tail';
import { ensureRegistry } from '@meho/images/tools/registry';
import { stringify } from 'yaml';

const startDeadlineMs = 30_000;
const requestDeadlineMs = 2_000;
/** It lasts as long as who started it; only then it ends by itself. */
const lifetimeMs = 24 * 60 * 60_000;
const logLines = 40;

export interface RegistryUser {
  readonly name: string;
  /** Secret: given on standard input, and only its hash is written. */
  readonly password: string;
}

export interface RegistryOptions {
  /** Signs its certificate, for 127.0.0.1. */
  readonly authority: Authority;
  /** With users nobody else may pull or push; without, everybody may. */
  readonly users?: readonly RegistryUser[];
  /** Programs are built into it. */
  readonly program: Parameters<typeof ensureRegistry>[0];
}

/** The Distribution project's registry as a process on 127.0.0.1, with TLS and storage of its own. */
export interface StartedRegistry extends AsyncDisposable {
  /** E.g. `127.0.0.1:34567`, as in references. */
  readonly host: string;
  readonly port: number;
  logTail(): string;
  /** Removes what it holds. Idempotent. */
  stop(): Promise<void>;
}

/** @throws Problem with the end of its log, after removing everything */
export async function startRegistry({ authority, users, program }: RegistryOptions): Promise<StartedRegistry> {
  const registry = await ensureRegistry(program);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-registry-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o700);
  const configuration = path.join(folder, 'configuration.yaml');
  await writeFile(configuration, stringify(await configure(registry, folder, { authority, users: users ?? [] })));

  const log = new LogTail();
  const stopping = new AbortController();
  let port: number | undefined;
  let end: string | undefined;
  const running = run(registry, ['serve', configuration], {
    timeoutMs: lifetimeMs,
    signal: AbortSignal.any([program.signal, stopping.signal]),
    onLine: (line) => {
      log.append(`${line}\n`);
      port ??= portIn(line);
    },
  }).then(
    () => {
      end = 'it has ended';
    },
    (error: unknown) => {
      end = messageOf(error);
    },
  );
  stack.defer(async () => {
    stopping.abort(new Error('stopped'));
    await running;
  });
  try {
    const listening = await waitFor(
      'the registry to answer',
      async () => {
        if (end !== undefined) {
          return never(end);
        }
        return port === undefined ? notYet('it does not listen yet') : answers(port, authority);
      },
      { deadlineMs: startDeadlineMs, intervalMs: 50, signal: program.signal },
    );
    const owned = stack.move();
    const stop = () => owned.disposeAsync();
    return {
      host: `127.0.0.1:${listening}`,
      port: listening,
      logTail: () => log.last(logLines),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    program.signal.throwIfAborted();
    throw new Problem(
      {
        expected: 'a registry on 127.0.0.1',
        observed: `${messageOf(error)}\n${log.last(logLines)}`,
        next: 'read its log above',
      },
      { cause: error },
    );
  }
}

/** Of https://distribution.github.io/distribution/about/configuration/. */
async function configure(
  registry: string,
  folder: string,
  { authority, users }: Required<Pick<RegistryOptions, 'authority' | 'users'>>,
): Promise<object> {
  const certificate = await authority.issue({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] });
  const place = (name: string) => path.join(folder, name);
  await mkdir(place('data'));
  await writeFile(place('tls.crt'), certificate.certificatePem);
  await writeFile(place('tls.key'), certificate.privateKeyPem, { mode: 0o600 });
  if (users.length > 0) {
    const lines = await Promise.all(users.map((user) => passwordLine(registry, user)));
    await writeFile(place('users'), lines.join(''), { mode: 0o600 });
  }
  return {
    version: 0.1,
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: place('data') }, delete: { enabled: true } },
    http: {
      addr: '127.0.0.1:0',
      secret: randomBytes(24).toString('base64url'),
      tls: { certificate: place('tls.crt'), key: place('tls.key') },
    },
    ...(users.length === 0 ? {} : { auth: { htpasswd: { realm: 'registry', path: place('users') } } }),
  };
}

async function passwordLine(registry: string, { name, password }: RegistryUser): Promise<string> {
  const { stdout } = await run(registry, ['htpasswd', name], {
    stdin: `${password}\n`,
    timeoutMs: startDeadlineMs,
    printsSecret: true,
  });
  return stdout;
}

/** Its log is the only place that tells the port which it was given. */
export function portIn(line: string): number | undefined {
  const port = /"msg":"listening on 127\.0\.0\.1:(\d+), tls"/.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function answers(port: number, authority: Authority) {
  const { status } = await exchange({
    url: new URL(`https://127.0.0.1:${port}/v2/`),
    tls: { ca: [authority.certificatePem] },
    deadlineMs: requestDeadlineMs,
  });
  // 401 where it has users: it is there, and asks who we are.
  return status === 200 || status === 401 ? holds(port) : notYet(`it answered ${status}`);
}
