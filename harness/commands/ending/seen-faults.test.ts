import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { aPromise } from '@meho/core/report/testing/a-run';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildOf, keepSeenFaults, readSeenFaults, seenFaultsFile, withSeenBefore } from './seen-faults.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'seen-faults-'));
});
afterEach(() => rm(folder, { recursive: true }));

const faults = (seen: readonly string[], missed: readonly string[] = []) =>
  aPromise({ faults: { known: 3, seen, missed, redInStories: [] } });
const known = new Map([['install', ['a', 'b', 'c']]]);
const at = '2026-01-01T00:00:00.000Z';

async function keep(promise: ReturnType<typeof faults>, build = 'one'): Promise<void> {
  await keepSeenFaults(folder, { build, before: await readSeenFaults(folder, build), at }, [promise]);
}

const shown = async (build: string | undefined) =>
  withSeenBefore([faults([])], await readSeenFaults(folder, build), known)[0]?.faults.seenBefore;

test('what runs of this build saw adds up; what a later one missed is not seen', async () => {
  await keep(faults(['a']));
  await keep(faults(['b', 'a']));
  expect(await shown('one')).toEqual({ count: 2, at });
  await keep(faults([], ['a']));
  expect(await shown('one')).toEqual({ count: 1, at });
});

test('of another build, of uncommitted changes, and of a fault that is gone, nothing is shown', async () => {
  await keep(faults(['a', 'an earlier name']));
  expect(await shown('two')).toBeUndefined();
  expect(await shown(undefined)).toBeUndefined();
  expect(await shown('one')).toEqual({ count: 1, at });
  await writeFile(path.join(folder, seenFaultsFile), '{"build": "on');
  expect(await shown('one')).toBeUndefined();
});

test('a run without faults leaves what is known', async () => {
  await keep(faults(['a']));
  await keep(faults([]));
  expect(await shown('one')).toEqual({ count: 1, at });
});

test('a build is a commit without changes', async () => {
  const git = (...args: readonly string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], { timeoutMs: 30_000 });
  expect(await buildOf(folder)).toBeUndefined();
  await git('init', '--quiet');
  await writeFile(path.join(folder, 'a'), '1');
  await git('add', 'a');
  await git('commit', '--quiet', '--no-gpg-sign', '-m', 'a');
  const head = (await git('rev-parse', 'HEAD')).stdout.trim();
  expect(await buildOf(folder)).toBe(head);
  await writeFile(path.join(folder, 'a'), '2');
  expect(await buildOf(folder)).toBeUndefined();
});
