import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { promiseDefinitions } from './promises.ts';

test('there is one for each folder of stories, in the words of the README, with its stories and faults', () => {
  const readme = readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `suites\/([\w-]+)` \| (.+) \|$/gm)].map(([, id, promise]) => ({ id, promise }));
  const all = promiseDefinitions();
  expect(all.map(({ id, promise }) => ({ id, promise }))).toEqual(rows);
  const folders = globSync('suites/*/*.spec.ts', { cwd: repositoryRoot }).map((file) => file.split(path.sep)[1]);
  expect(all.map(({ id }) => id).toSorted()).toEqual([...new Set(folders)].toSorted());
  for (const { stories, faults } of all) {
    expect(stories.length).toBeGreaterThan(0);
    expect(faults.length).toBeGreaterThan(0);
  }
});
