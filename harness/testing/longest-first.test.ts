import { existsSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { secondsOf, testSeconds } from './longest-first.ts';

test('each file that is said to take long is there', () => {
  const gone = Object.keys(testSeconds).filter((file) => !existsSync(path.join(repositoryRoot, file)));
  expect(gone, 'harness/testing/longest-first.ts names them').toEqual([]);
});

test('a file is known by its path in the repository, wherever that is', () => {
  const [[file = '', seconds] = []] = Object.entries(testSeconds);
  expect(secondsOf(path.join(repositoryRoot, file))).toBe(seconds);
  expect(secondsOf(path.join(repositoryRoot, 'somewhere', file))).toBe(0);
});
