import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { expect, onTestFinished, test } from 'vitest';
import { commitIn, nextIdentity, sourceIdentity, tagOf } from './identity.ts';

const identity = { gitSha: '8'.repeat(40), buildDate: '2026-01-02T03:04:05Z', isDirty: false };

test('the commit after one is another, the same each time, a second later', () => {
  const next = nextIdentity(identity);
  expect(next.gitSha).toMatch(/^[0-9a-f]{40}$/);
  expect(next.gitSha).not.toBe(identity.gitSha);
  expect(next.buildDate).toBe('2026-01-02T03:04:06Z');
  expect(nextIdentity(identity)).toEqual(next);
});

test('the tag names the commit, and the content too where that differs from the commit', () => {
  expect(tagOf(identity, 'abcdef0123456789')).toBe(`sha-${identity.gitSha}`);
  expect(tagOf({ ...identity, isDirty: true }, 'abcdef0123456789')).toBe(`sha-${identity.gitSha}-dirty-abcdef012345`);
});

test.each([false, true])('a tag tells its commit (dirty: %s)', (isDirty) => {
  expect(commitIn(tagOf({ ...identity, isDirty }, 'abcdef0123456789'))).toBe(identity.gitSha);
});

test('a tag that names no commit is refused', () => {
  expect(() => commitIn('latest')).toThrow('sha-<git-sha>');
});

async function clone(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'identity-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const git = (...args: readonly string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=e@example.com', ...args], { timeoutMs: 10_000 });
  await git('init', '--quiet');
  for (const file of [
    'apps/reference-backplane/server.ts',
    'apps/reference-backplane/server.test.ts',
    'README.md',
    'suites/a.ts',
  ]) {
    await write(folder, file, 'one');
  }
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'first');
  return folder;
}

async function write(folder: string, file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
}

test.each([
  ['an untracked file at the top', 'notes.txt', false],
  ['an untracked file beside the sources', 'apps/reference-backplane/scratch.ts', false],
  ['a change of what is in no image', 'suites/a.ts', false],
  ['a change of a note', 'README.md', false],
  ['a change of a test', 'apps/reference-backplane/server.test.ts', false],
  ['a change of a source', 'apps/reference-backplane/server.ts', true],
  ['a migration that nobody has added yet', 'apps/reference-backplane/migrations/0009_new.sql', true],
] as const)('%s: is what the image holds another (%s: %s)', async (_, file, isDirty) => {
  const folder = await clone();
  expect((await sourceIdentity(folder)).isDirty).toBe(false);
  await write(folder, file, 'other');
  expect((await sourceIdentity(folder)).isDirty).toBe(isDirty);
});
