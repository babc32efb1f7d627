import path from 'node:path';
import { isatty } from 'node:tty';
import { whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import { type Fields, isFields, textOf } from '../api/fields.ts';
import type { Credentials } from './credentials.ts';
import { pluginCredentials } from './exec-answer.ts';
import { lastStderrLine } from './exec-stderr.ts';

export interface ExecTarget {
  /** As in the kubeconfig. */
  readonly server: string;
  readonly tlsServerName: string;
  readonly skipsVerification: boolean;
  readonly ca: string | undefined;
  readonly proxyUrl: string;
  readonly disablesCompression: boolean;
  /** The cluster's extension client.authentication.k8s.io/exec. */
  readonly config: unknown;
}

export interface ExecUser {
  /** For messages. */
  readonly description: string;
  readonly name: string;
  /** Only the command is relative to it. */
  readonly folder: string;
  readonly target: ExecTarget;
  readonly signal: AbortSignal;
  /** Detected where absent. */
  readonly hasTerminal?: boolean;
  /** By whether a person may be asked, where absent. */
  readonly deadlineMs?: number;
}

interface Plugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly installHint: string;
  readonly providesClusterInfo: boolean;
  readonly mode: Mode;
}

type Mode = 'Never' | 'IfAvailable' | 'Always';

const MODES: readonly string[] = ['Never', 'IfAvailable', 'Always'] satisfies readonly Mode[];
const VERSION = 'client.authentication.k8s.io/v1';
const BETA = 'client.authentication.k8s.io/v1beta1';
const DEADLINE_MS = 30_000;
/** The user may be prompted. */
const PERSON_DEADLINE_MS = 5 * 60_000;
/** Early enough that no request is in flight at expiry. */
const EARLY_MS = 10_000;
/** Characters: a hundred times a token or a certificate with its key. */
const MOST_OUTPUT = 1024 * 1024;

/** Validates as kubectl does, even if other credentials win. @throws UsageError */
export function pluginOf(exec: Fields, { description, name }: Pick<ExecUser, 'description' | 'name'>): Plugin {
  const command = textOf(exec, 'command');
  const problem = (what: string) =>
    new UsageError([
      `${description}: the exec plugin of user ${name} can't be used (${programName(command)}): ${what}`,
    ]);
  const apiVersion = textOf(exec, 'apiVersion');
  const mode = textOf(exec, 'interactiveMode') || (apiVersion === BETA ? 'IfAvailable' : '');
  const env = (Array.isArray(exec['env']) ? exec['env'] : []).filter(isFields);
  if (command === '') {
    throw problem('exec.command is missing');
  }
  if (apiVersion !== VERSION && apiVersion !== BETA) {
    throw problem(`exec.apiVersion: expected ${VERSION} or ${BETA}`);
  }
  if (!isMode(mode)) {
    throw problem(`exec.interactiveMode: expected one of ${MODES.join(', ')}, which ${VERSION} demands`);
  }
  if (env.some((pair) => textOf(pair, 'name') === '')) {
    throw problem('exec.env: a variable has no name');
  }
  return {
    command,
    args: Array.isArray(exec['args']) ? exec['args'].map(String) : [],
    env: Object.fromEntries(env.map((pair) => [textOf(pair, 'name'), textOf(pair, 'value')])),
    apiVersion,
    installHint: textOf(exec, 'installHint').trim(),
    providesClusterInfo: exec['provideClusterInfo'] === true,
    mode,
  };
}

function isMode(text: string): text is Mode {
  return MODES.includes(text);
}

/** Renewed on expiry and on refusal. */
export interface ExecIdentity {
  readonly credentials: () => Promise<Credentials>;
  readonly renew: (refused: Credentials) => Promise<void>;
}

/** @throws UsageError if the plugin fails */
export async function execIdentity(plugin: Plugin, user: ExecUser): Promise<ExecIdentity> {
  let current = await ask(plugin, user);
  // The signal aborts only the start: clean-up needs credentials too.
  const later = { ...user, signal: new AbortController().signal };
  let asking: Promise<void> | undefined;
  // Concurrent requests share a call, which may prompt the user.
  const askAgain = () => {
    asking ??= ask(plugin, later)
      .then((answer) => {
        current = answer;
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  return {
    async credentials() {
      if (current.expires !== undefined && current.expires - Date.now() < EARLY_MS) {
        await askAgain();
      }
      return current.credentials;
    },
    async renew(refused) {
      if (refused === current.credentials) {
        await askAgain();
      }
    },
  };
}

async function ask(plugin: Plugin, user: ExecUser) {
  const { command, args, env, apiVersion, installHint } = plugin;
  const { description, folder, signal } = user;
  const program = programName(command);
  const problem = (what: string) => new UsageError([`${description}: the exec plugin of user ${user.name} ${what}`]);
  const hasTerminal = user.hasTerminal ?? isatty(0);
  if (plugin.mode === 'Always' && !hasTerminal) {
    throw problem('wants to ask a person (interactiveMode Always), but standard input is not a terminal');
  }
  const interactive = plugin.mode !== 'Never' && hasTerminal;
  const timeoutMs = user.deadlineMs ?? (interactive ? PERSON_DEADLINE_MS : DEADLINE_MS);
  try {
    const { stdout, stderr } = await run(command.includes('/') ? path.resolve(folder, command) : command, args, {
      env: { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(infoFor(plugin, user.target, interactive)) },
      timeoutMs,
      maxOutput: MOST_OUTPUT,
      printsSecret: true,
      interactive,
      signal,
    });
    return pluginCredentials(stdout, apiVersion, (what) => problem(`${what}${saidBefore(stderr, plugin)}`));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) {
      throw error;
    }
    const said = saidBefore(error.stderr, plugin);
    if (error.timedOut) {
      const wait = interactive
        ? `waited for a person and had no credentials after ${timeoutMs / 1000} s`
        : `had no credentials after ${timeoutMs / 1000} s; if it waits for a person, log in first`;
      throw problem(`${wait} (${program})${said}`);
    }
    if (error.overflowed) {
      throw problem(`printed more than ${MOST_OUTPUT} characters (${program})`);
    }
    const signalName = /^it was ended by (SIG\w+)/.exec(error.observed)?.[1];
    if (signalName !== undefined) {
      throw problem(`was ended by ${signalName} (${program})${said}`);
    }
    if (error.exitCode === undefined) {
      const hint = installHint === '' ? '' : `; ${installHint}`;
      const isThere = error.code !== undefined && error.code !== 'ENOENT';
      const why = isThere ? `: ${whyUnreadable(error)}` : '';
      throw problem(`can't be run (${program})${why}${hint}${said}`);
    }
    throw problem(`ended with exit code ${error.exitCode} (${program})${said}`);
  }
}

function saidBefore(stderr: string, plugin: Plugin): string {
  const words = lastStderrLine(stderr, plugin);
  return words === '' ? '' : `; its last words: ${words}`;
}

/** The program alone: users may have written arguments into the command. */
export function programName(command: string): string {
  return path.basename(command.trim().split(/\s/, 1)[0] ?? '').slice(0, 60);
}

function infoFor({ apiVersion, providesClusterInfo }: Plugin, target: ExecTarget, interactive: boolean) {
  const { server, tlsServerName, skipsVerification, ca = '', proxyUrl, disablesCompression, config } = target;
  const cluster = {
    server,
    ...(tlsServerName === '' ? {} : { 'tls-server-name': tlsServerName }),
    ...(skipsVerification ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === '' ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(proxyUrl === '' ? {} : { 'proxy-url': proxyUrl }),
    ...(disablesCompression ? { 'disable-compression': true } : {}),
    config: config ?? null,
  };
  return {
    kind: 'ExecCredential',
    apiVersion,
    spec: { interactive, ...(providesClusterInfo ? { cluster } : {}) },
  };
}
