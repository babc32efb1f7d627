import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base } from 'vitest';
import { type Authority, createAuthority, STUB_HOST, STUB_SHA } from '../../contract/testing/stub-backplane.ts';
import { type Finished, run } from '../../process/run.ts';
import { bundleVerifiers } from '../bundle.ts';

/** The real command, bundled as it is published, in a folder of its own. */
export interface PublishedCli extends AsyncDisposable {
  readonly folder: string;
  /** Path of what `meho-acceptance` starts. */
  readonly program: string;
  /** Signs what the servers of the tests show; its certificate is in `ca`. */
  readonly authority: Authority;
  readonly ca: string;
  /** Runs it with nothing of this machine's environment that it reads. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  /** Of install-verify against a stub of the backplane on a port of this machine. */
  installArgs(port: number, ...more: readonly string[]): readonly string[];
}

/** Neither a proxy of this machine nor what it trusts has a say. */
const noNetworkEnvironment = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
    .flatMap((name) => [name, name.toLowerCase()])
    .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE')
    .map((name) => [name, '']),
);

/** What bundling and starting a process may take on a machine that is busy with other things, in milliseconds. */
export const cliDeadlineMs = 60_000;

async function publish(): Promise<PublishedCli> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'verifier-cli-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const ca = path.join(folder, 'ca.pem');
  const program = path.join(folder, 'dist', 'meho-acceptance.js');
  const [authority] = await Promise.all([createAuthority(), bundleVerifiers(path.dirname(program))]);
  await writeFile(ca, authority.certificatePem);
  const none = {
    ...noNetworkEnvironment,
    HOME: folder,
    KUBECONFIG: '',
    KUBERNETES_SERVICE_HOST: '',
    MEHO_ACCESS_TOKEN: '',
    DATABASE_URL: '',
  };
  const owned = stack.move();
  return {
    folder,
    program,
    authority,
    ca,
    run: (args, env = {}) =>
      run(process.execPath, [program, ...args], {
        env: { ...none, HELM_DRIVER: '', INSTALL_START_TS: '', SMOKE_START_TS: '', ...env },
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

/** The `test` of what is asked of the command line: bundled by the first test that needs it. */
// biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern which fixtures are needed, here none
export const test = base.extend('cli', { scope: 'worker' }, async ({}, { onCleanup }): Promise<PublishedCli> => {
  const cli = await publish();
  onCleanup(() => cli[Symbol.asyncDispose]());
  return cli;
});

export function linesOf(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}
