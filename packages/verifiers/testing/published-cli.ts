import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Authority, createAuthority, STUB_HOST, STUB_SHA } from '@meho/contract/testing/stub-backplane';
import { unsetVerifierVariables } from '@meho/core/config';
import { type CommandResult, run } from '@meho/core/process/run';
import { test as base } from 'vitest';
import { bundleVerifiers } from '../bundle/bundle.ts';

/** Bundled as published. */
export interface PublishedCli extends AsyncDisposable {
  readonly folder: string;
  /** Path of what `meho-acceptance` starts. */
  readonly program: string;
  /** For the test servers; its own certificate is in `ca`. */
  readonly authority: Authority;
  /** Empties this machine's values of variables that it reads. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ca: string;
  /** Hides this machine's values of variables that it reads. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** Points it at a stub backplane on a local port. */
  installArgs(port: number, ...more: readonly string[]): readonly string[];
}

/** Allows for bundling on a busy machine. */
export const cliDeadlineMs = 60_000;

async function publish(): Promise<PublishedCli> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'verifier-cli-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const ca = path.join(folder, 'ca.pem');
  const program = path.join(folder, 'dist', 'meho-acceptance.js');
  const [authority] = await Promise.all([createAuthority(), bundleVerifiers(path.dirname(program))]);
  await writeFile(ca, authority.certificatePem);
  const environment = { ...unsetVerifierVariables(), HOME: folder };
  const owned = stack.move();
  return {
    folder,
    program,
    authority,
    ca,
    environment,
    run: (args, env = {}) =>
      run(process.execPath, [program, ...args], {
        env: { ...environment, ...env },
        timeoutMs: cliDeadlineMs,
        acceptExitCodes: [1, 2],
      }),
    installArgs: (port, ...more) => [
      'install-verify',
      ...['--host', STUB_HOST, '--connect-to', `127.0.0.1:${port}`, '--cacert', ca],
      ...['--expected-git-sha', STUB_SHA, '--skip-cluster-checks', '--request-timeout', '15'],
      ...more,
    ],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Bundled by the first test that needs it. */
// biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern which fixtures are needed, here none
export const test = base.extend('cli', { scope: 'worker' }, async ({}, { onCleanup }): Promise<PublishedCli> => {
  const cli = await publish();
  onCleanup(() => cli[Symbol.asyncDispose]());
  return cli;
});

export function linesOf(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}
