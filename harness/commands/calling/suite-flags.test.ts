import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Invalid, readFlags } from '@meho/core/command-line/flags';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteFlags, writableFolder } from './suite-flags.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-suite-flags-'));
  await writeFile(path.join(folder, 'file'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const expectedOf = (value: unknown) => (value instanceof Invalid ? value.expected : value);

describe('where reports go', () => {
  test('may be there or be made later, and is not made by looking', async () => {
    expect(writableFolder(folder)).toBe(folder);
    expect(writableFolder(path.join(folder, 'deep', 'down'))).toBe(path.join(folder, 'deep', 'down'));
    expect(await readdir(folder)).not.toContain('deep');
  });

  test.each(['file', 'file/below'])('is not %s', (name) => {
    expect(expectedOf(writableFolder(path.join(folder, name)))).toBe(
      `a folder, and ${path.join(folder, 'file')} is a file`,
    );
  });

  test('is not a folder that we may not write to', () => {
    const refuse = (place: string) => {
      throw Object.assign(new Error(`EACCES: permission denied, access '${place}'`), { code: 'EACCES' });
    };
    expect(expectedOf(writableFolder(path.join(folder, 'reports'), refuse))).toBe(
      `a folder that can be written to, and ${folder} can not (EACCES)`,
    );
  });
});

test('a suite or story that is not there is told with those that are', () => {
  expect(expectedOf(suiteFlags.suite.parse('install,smok'))).toMatch(/install.*smoke.*SUITE\/STORY/);
  expect(suiteFlags.suite.parse('install/cold-install, smoke')).toEqual(['install/cold-install', 'smoke']);
});

test('--suite may be repeated: all that are named are run', () => {
  const read = (...args: readonly string[]) => readFlags({ suite: suiteFlags.suite }, args);
  expect(read('--suite', 'install,smoke/faults', '--suite=rollback').values.suite).toEqual([
    'install',
    'smoke/faults',
    'rollback',
  ]);
  expect(read('--suite', 'install', '--suite', 'smok').problems).toEqual([
    expect.stringMatching(/^--suite: expected suites among .*got "smok"$/),
  ]);
  expect(read().values.suite).toEqual([]);
});
