import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { HelmRelease } from '../helm/release.ts';
import { goCommand } from '../process/go-command.ts';
import { Sleeper } from '../process/testing/sleepers.ts';
import { repositoryRoot } from '../repository.ts';

vi.setConfig({ testTimeout: 60_000 });

const main = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');

/** A folder with programs that are shells which wait for a child of their own, and a kubeconfig that has one for a plugin. */
async function place(sleeper: Sleeper): Promise<{ readonly folder: string; readonly env: Record<string, string> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'callers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'bin'));
  for (const name of ['git', 'helm', 'plugin', 'go']) {
    await writeFile(path.join(folder, 'bin', name), `#!/bin/sh\n${sleeper.command}; true\n`);
    await chmod(path.join(folder, 'bin', name), 0o755);
  }
  const plugin = {
    apiVersion: 'client.authentication.k8s.io/v1',
    interactiveMode: 'Never',
    command: path.join(folder, 'bin', 'plugin'),
  };
  const kubeconfig = (user: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user }],
    });
  await writeFile(path.join(folder, 'plugin.json'), kubeconfig({ exec: plugin }));
  await writeFile(path.join(folder, 'token.json'), kubeconfig({ token: 't' }));
  const env = {
    PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin`,
    HOME: folder,
    GITHUB_TOKEN: 'ghp_x',
    GITHUB_API_URL: 'http://127.0.0.1:1',
  };
  return { folder, env };
}

/** What starts other people's programs, called as users call it; what it ends with after a Ctrl-C. */
const commands: Readonly<Record<string, readonly [readonly string[], number]>> = {
  'install-verify with a credential plugin': [
    ['install-verify', '--host=meho.example.com', '--kubeconfig=plugin.json', '--expected-git-sha=0123456'],
    2,
  ],
  'rollback-verify with a credential plugin': [
    ['rollback-verify', '--host=meho.example.com', '--kubeconfig=plugin.json'],
    2,
  ],
  'rke2-access with a credential plugin': [['rke2-access', '--kubeconfig=plugin.json'], 130],
  'network-policy with a credential plugin': [['network-policy', '--kubeconfig=plugin.json'], 130],
  'pr-smoke reap with a credential plugin': [['pr-smoke', 'reap', '--kubeconfig=plugin.json'], 130],
  'pr-smoke with helm': [
    [
      'pr-smoke',
      '--pr=7',
      '--image-tag=x',
      '--kubeconfig=token.json',
      `--chart=${path.join(repositoryRoot, 'charts', 'meho')}`,
    ],
    130,
  ],
  'green-counter with a clone': [['green-counter', '--repo=o/r', '--workflow=w.yml', '--clone=.'], 2],
  'migration-compat of a range': [['migration-compat', '--range=a..b'], 2],
};

async function started(sleeper: Sleeper, args: readonly string[]): Promise<ChildProcess> {
  const { folder, env } = await place(sleeper);
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  await Promise.race([
    sleeper.untilThere(),
    once(child, 'exit').then(async () => Promise.reject(new Error((await said).join('')))),
  ]);
  return child;
}

// Looked at through /proc.
const onLinux = test.skipIf(process.platform !== 'linux');

onLinux.each(Object.entries(commands))('Ctrl-C of %s ends all that it has started', async (_, [args, exitCode]) => {
  const sleeper = new Sleeper();
  const child = await started(sleeper, args);
  const ended = once(child, 'exit');
  const sent = performance.now();
  child.kill('SIGINT');
  expect(await ended).toEqual([exitCode, null]);
  expect(performance.now() - sent).toBeLessThan(5_000);
  await sleeper.untilGone();
});

onLinux.each(Object.entries(commands))('SIGKILL of %s leaves no child behind', async (_, [args]) => {
  const sleeper = new Sleeper();
  const child = await started(sleeper, args);
  child.kill('SIGKILL');
  await sleeper.untilGone();
});

onLinux('an action of helm that is called off ends what its wrapper has started', async () => {
  const sleeper = new Sleeper();
  const { folder } = await place(sleeper);
  const controller = new AbortController();
  const release = new HelmRelease({
    helm: path.join(folder, 'bin', 'helm'),
    kubeconfigFile: path.join(folder, 'token.json'),
    namespace: 'n',
    release: 'r',
  });
  const ended = release.uninstall({ timeoutMs: 60_000, signal: controller.signal }).catch((error: unknown) => error);
  await sleeper.untilThere();
  controller.abort(new Error('called off'));
  expect(await ended).toEqual(new Error('called off'));
  expect(await sleeper.pids()).toEqual([]);
});

onLinux('a go that hangs is no exception', async () => {
  const sleeper = new Sleeper();
  const { folder } = await place(sleeper);
  const controller = new AbortController();
  const places = [path.join(folder, 'bin', 'go')];
  const ended = goCommand({ purpose: 'to build', folder, atLeast: '1.21', places, signal: controller.signal }).catch(
    (error: unknown) => error,
  );
  await sleeper.untilThere();
  controller.abort(new Error('called off'));
  expect(await ended).toEqual(new Error('called off'));
  expect(await sleeper.pids()).toEqual([]);
});

/** Whoever starts a program by itself has no deadline that holds: why these may. */
const starters = [
  // Daemons, whose end nobody waits for.
  'harness/engine/detached.ts',
  // Is about signals to a whole run.
  'harness/commands/kill.ts',
  'harness/process/process-table.ts',
  'harness/process/watchdog.ts',
  // Gets a child that `run` has started.
  'harness/process/until-over.ts',
];

test('everybody else starts programs by `run`', async () => {
  const files = await readdir(path.join(repositoryRoot, 'harness'), { recursive: true });
  const own = files.filter((name) => /\.ts$/.test(name) && !/\.(?:test|spec)\.ts$|(?:^|\/)testing\//.test(name));
  const found = await Promise.all(
    own.map(async (name) =>
      /from '(?:node:)?(?:child_process|execa)'/.test(
        await readFile(path.join(repositoryRoot, 'harness', name), 'utf8'),
      )
        ? [`harness/${name}`]
        : [],
    ),
  );
  expect(found.flat().toSorted()).toEqual([...starters, 'harness/process/run.ts'].toSorted());
});
