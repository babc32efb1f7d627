import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { goCommand } from '@meho/core/process/go-command';
import { Sleeper } from '@meho/core/process/testing/sleepers';
import { repositoryRoot } from '@meho/core/repository';
import { HelmRelease } from '@meho/helm/release';
import { KubeApi } from '@meho/kube/api/api';
import { expect, onTestFinished, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const main = path.join(repositoryRoot, 'packages', 'verifiers', 'main.ts');

/** Shells waiting for a child, one of them a kubeconfig's plugin. */
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

/** With their exit code after Ctrl-C. */
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

// Reads /proc.
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
  using api = new KubeApi({
    server: new URL('https://127.0.0.1:1'),
    tls: {},
    identity: { credentials: async () => ({}), impersonate: {} },
    description: 'nothing',
  });
  const identity = { kubeconfigFile: path.join(folder, 'token.json'), namespace: 'n', release: 'r' };
  const release = new HelmRelease({ ...identity, helm: path.join(folder, 'bin', 'helm') }, { api });
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

/** Why these don't use `run` with its deadline: */
const starters = [
  // Daemons: nothing waits for their end.
  'images/engine/detached.ts',
  'harness/soak/kill.ts',
  'packages/core/runs/keeper.ts',
  'packages/core/process/process-table.ts',
  'packages/core/process/watchdog.ts',
  // Receives a child that `run` started.
  'packages/core/process/wait-for-exit.ts',
];

test('everybody else starts programs by `run`', async () => {
  const own = globSync('{packages,images,apps,harness}/**/*.ts', { cwd: repositoryRoot }).filter(
    (name) => !/\.(?:test|spec)\.ts$|(?:^|\/)testing\/|node_modules/.test(name),
  );
  const found = await Promise.all(
    own.map(async (name) =>
      /from '(?:node:)?(?:child_process|execa)'/.test(await readFile(path.join(repositoryRoot, name), 'utf8'))
        ? [name]
        : [],
    ),
  );
  expect(found.flat().toSorted()).toEqual([...starters, 'packages/core/process/run.ts'].toSorted());
});
