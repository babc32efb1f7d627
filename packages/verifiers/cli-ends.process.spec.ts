import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { serveStub } from '@meho/contract/testing/stub-backplane';
import { type CommandResult, run } from '@meho/core/process/run';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

/** Defects outside every check, injected into the published command. */
const defects = {
  'an error that nobody catches, at the first connection': `
    import { Socket } from 'node:net';
    Socket.prototype.connect = function () {
      setImmediate(() => { throw new Error('a defect'); });
      return this;
    };`,
  'a promise that is rejected unseen, at the first connection': `
    import { Socket } from 'node:net';
    Socket.prototype.connect = function () {
      Promise.reject(new Error('a defect'));
      return this;
    };`,
  'an answer that can not come any more': `
    import { Socket } from 'node:net';
    AbortSignal.timeout = () => new AbortController().signal;
    const start = globalThis.setTimeout;
    globalThis.setTimeout = (...args) => start(...args).unref();
    Socket.prototype.connect = function () { return this; };`,
} as const;

/** Fails on the first wait, for example for the credential plugin. */
const early = `
  process.on('newListener', (name) => {
    if (name === 'unhandledRejection') {
      process.nextTick(() => { throw new Error('a defect'); });
    }
  });`;

const withPlugin = (server: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster: { server } }],
  users: [
    {
      name: 'u',
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          interactiveMode: 'Never',
          command: 'sh',
          args: ['-c', 'sleep 300; true'],
        },
      },
    },
  ],
});

async function withDefect(
  cli: PublishedCli,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const file = path.join(cli.folder, `defect-${Math.random()}.mjs`);
  await writeFile(file, script);
  return cli.run(args, { NODE_OPTIONS: `--import=${pathToFileURL(file).href}`, ...env });
}

function expectPlain({ stderr }: CommandResult): void {
  expect(stderr).not.toMatch(/^\s+at |Warning|node:internal|Node\.js v/m);
}

test.for(Object.entries(defects))(
  '%s: the check under way is red, 1, with its document',
  async ([, script], { cli }) => {
    await using server = await serveStub(cli.authority, {});
    const lines = await withDefect(cli, script, cli.installArgs(server.port));
    expect(lines.exitCode).toBe(1);
    expectPlain(lines);
    expect(lines.stderr).toMatch(/^\[FAIL\] .*seen (an error that nobody caught \(a defect\)|it waits for something)/m);
    const json = await withDefect(cli, script, cli.installArgs(server.port, '--output', 'json'));
    expect(json.exitCode).toBe(1);
    expectPlain(json);
    expect(JSON.parse(json.stdout)).toMatchObject({ outcome: 'failed', exitCode: 1 });
  },
);

test.for(Object.entries(defects))('%s: green-counter has not counted, 2', async ([, script], { cli }) => {
  const args = ['green-counter', '--repo', 'o/r', '--workflow', 'w.yml', '--output', 'json'];
  const end = await withDefect(cli, script, args, { GITHUB_TOKEN: 'ghp_x', GITHUB_API_URL: 'http://127.0.0.1:1' });
  expect(end.exitCode).toBe(2);
  expectPlain(end);
  expect(JSON.parse(end.stdout)).toMatchObject({ outcome: 'error', exitCode: 2 });
  expect(linesOf(end.stderr)).toEqual([expect.stringMatching(/^error: /)]);
});

test('an error that nobody catches before anything was asked: 2, one line, the document', async ({ cli }) => {
  const asked: string[] = [];
  await using server = await serveStub(cli.authority, { '/healthz': ({ url = '' }) => asked.push(url) });
  const kubeconfig = path.join(cli.folder, 'with-plugin.json');
  await writeFile(kubeconfig, JSON.stringify(withPlugin(`https://127.0.0.1:${server.port}`)));
  const args = cli.installArgs(server.port, '--output=json', '--kubeconfig', kubeconfig);
  const end = await withDefect(
    cli,
    early,
    args.filter((arg) => arg !== '--skip-cluster-checks'),
  );
  expect(end.exitCode).toBe(2);
  expectPlain(end);
  expect(linesOf(end.stderr)).toEqual(['error: install-verify broke off: an error that nobody caught (a defect)']);
  expect(JSON.parse(end.stdout)).toMatchObject({ outcome: 'error', exitCode: 2 });
  expect(asked).toEqual([]);
});

test.for([
  ['what it has to say can not be said', 'process.stderr.write = () => { throw new Error("a defect"); };'],
  ['a listener of its end breaks', 'process.on("exit", () => { throw new Error("a defect"); });'],
] as const)('%s: it ends all the same', async ([, script], { cli }) => {
  await using server = await serveStub(cli.authority, {});
  const args = [...cli.installArgs(server.port), '--no-such-flag'];
  const { exitCode, durationMs } = await withDefect(cli, script, args);
  expect(exitCode).toBe(2);
  expect(durationMs).toBeLessThan(cliDeadlineMs / 2);
});

test('nobody reads on: it ends as by a signal, without a verdict', async ({ cli }) => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await using server = await serveStub(cli.authority, {
    '/healthz': (_, response) => {
      asked.resolve();
      void answer.promise.then(() => response.end('{"status":"ok"}'));
    },
  });
  const child = spawn(process.execPath, [cli.program, ...cli.installArgs(server.port)]);
  const stderr = text(child.stderr);
  const ended = once(child, 'exit');
  await asked.promise;
  child.stdout.destroy();
  await once(child.stdout, 'close');
  answer.resolve();
  expect(await ended).toEqual([2, null]);
  expect(await stderr).toBe('error: nobody reads what is said any more (SIGPIPE): no verdict\n');
});

test("Node's own warnings stay away, whoever asks for them", async ({ cli }) => {
  await using server = await serveStub(cli.authority, {});
  const warns = `
    process.on('newListener', (name) => {
      if (name === 'unhandledRejection') { process.nextTick(() => process.emitWarning('a warning', 'ExperimentalWarning')); }
    });`;
  const end = await withDefect(cli, warns, cli.installArgs(server.port), { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  expect([end.exitCode, end.stderr]).toEqual([0, '']);
});

test('a command that was installed in part says so in one line, 2', async ({ cli }) => {
  const copy = path.join(cli.folder, 'in-part');
  await cp(path.dirname(cli.program), copy, { recursive: true });
  const program = path.join(copy, path.basename(cli.program));
  const main = (await readdir(copy)).find((name) => name.startsWith('main-'));
  await rm(path.join(copy, main ?? 'there is none'));
  const end = await run(process.execPath, [program, 'smoke'], { timeoutMs: 60_000, acceptExitCodes: [2] });
  expect(linesOf(end.stderr)).toEqual([
    expect.stringMatching(/^error: meho-acceptance can't be loaded: .*main-.*install it anew$/),
  ]);
});
