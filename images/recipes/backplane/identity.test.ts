import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { contents } from './identity.ts';

const missing = (paths: readonly string[]) => paths.filter((each) => !existsSync(path.join(repositoryRoot, each)));

test('what the image is made of is there: of a path that is not, git status reports no change', () => {
  expect(missing(contents)).toEqual([]);
  expect(contents.some((each) => statSync(path.join(repositoryRoot, each)).isDirectory())).toBe(true);
  expect(missing([...contents, 'reference-backplane'])).toEqual(['reference-backplane']);
});
