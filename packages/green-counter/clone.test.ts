import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cloneReachability } from './clone.ts';

// A dozen calls of git on real repositories.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const signal = new AbortController().signal;
let folder: string;
let commits: { readonly onMain: string; readonly aside: string };

const git = async (cwd: string, ...args: readonly string[]) =>
  (
    await run(
      'git',
      ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com', '-c', 'protocol.file.allow=always', ...args],
      {
        cwd,
        timeoutMs: 30_000,
      },
    )
  ).stdout.trim();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clone-'));
  const origin = path.join(folder, 'origin');
  await git(folder, 'init', '--quiet', '--initial-branch', 'main', origin);
  const commit = async (message: string) => {
    await git(origin, 'commit', '--quiet', '--allow-empty', '--message', message);
    return git(origin, 'rev-parse', 'HEAD');
  };
  const onMain = await commit('one');
  await commit('two');
  await git(origin, 'switch', '--quiet', '--create', 'feature', onMain);
  commits = { onMain, aside: await commit('aside') };
  await git(origin, 'switch', '--quiet', 'main');
  await git(folder, 'clone', '--quiet', `file://${origin}`, 'whole');
  await git(folder, 'clone', '--quiet', '--depth=1', `file://${origin}`, 'shallow');
});

afterAll(() => rm(folder, { recursive: true }));

const at = (name: string, branch = 'main') => cloneReachability(path.join(folder, name), branch, signal);

test('says what is an ancestor of the branch, and nothing of what it does not have', async () => {
  const isReachable = await at('whole');
  expect(await isReachable(commits.onMain)).toBe(true);
  expect(await isReachable(commits.aside)).toBe(false);
  expect(await isReachable('f'.repeat(40))).toBeUndefined();
});

test.each([
  ['shallow', 'main', /is a shallow one/],
  ['whole', 'release', /expected refs\/remotes\/origin\/release/],
  ['nowhere', 'main', /expected a git repository/],
])('%s with %s is refused', async (name, branch, message) => {
  await expect(at(name, branch)).rejects.toThrow(message);
});
