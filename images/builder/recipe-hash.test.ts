import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@meho/core/problem';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ImageRecipe, RecipeFile } from '../recipe.ts';
import { hashOfProgram, hashOfRecipe, hashOfRootfs, localReplacements } from './recipe-hash.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipe-'));
  await mkdir(join(folder, 'app', 'inner'), { recursive: true });
  await write('app/go.mod', 'module x\n\nreplace y => ../y\n');
  await write('app/go.sum', '');
  await write('app/main.go', 'package main\n//go:embed inner/data.txt\n');
  await write('app/inner/data.txt', 'data');
  await mkdir(join(folder, 'y'));
  await write('y/y.go', 'package y');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (path: string, text: string) => writeFile(join(folder, path), text);
const context = () => ({ folder, hashOf: async (image: string) => `hash of ${image}` });
const hash = (recipe: Partial<ImageRecipe>) => hashOfRecipe({ config: {}, ...recipe }, context());
const withFile = (file: RecipeFile) => hash({ files: [file] });
const program = { moduleFolder: 'app', package: '.', path: '/app' };

test('the same recipe has the same hash, and every part of it counts', async () => {
  const variants: Partial<ImageRecipe>[] = [
    {},
    { config: { user: '1' } },
    { rootfs: { suite: 'trixie', packages: ['a'] } },
    { rootfs: { suite: 'sid', packages: ['a'] } },
    { programs: [program] },
    { programs: [{ ...program, path: '/elsewhere' }] },
    { programs: [{ ...program, tags: ['minimal'] }] },
    { programs: [{ ...program, ldflags: '-s' }] },
    { programs: [{ ...program, cgo: true }] },
    { files: [{ from: 'app/main.go', to: '/a' }] },
    { files: [{ from: 'app/main.go', to: '/a', mode: 0o755 }] },
    { files: [{ text: 'a', to: '/a' }] },
    { files: [{ link: 'a', to: '/a' }] },
    { files: [{ key: 'a', make: async () => '', to: '/a' }] },
    { files: [{ key: 'b', make: async () => '', to: '/a' }] },
    { files: [{ fromImage: 'pause', to: '/a' }] },
    { files: [{ fromModule: { moduleFolder: 'app', module: 'm', folder: 'f' }, to: '/a' }] },
  ];
  const once = await Promise.all(variants.map(hash));
  expect(new Set(once).size).toBe(variants.length);
  expect(await Promise.all(variants.map(hash))).toEqual(once);
});

test.each([
  ['the content of a file', () => write('app/inner/data.txt', 'other')],
  ['a new file', () => write('app/inner/more.txt', '')],
  ['the executable bit', () => chmod(join(folder, 'app/inner/data.txt'), 0o755)],
])('%s changes the hash of a recipe that takes the folder', async (_, change) => {
  const before = await withFile({ from: 'app/inner', to: '/data' });
  await change();
  expect(await withFile({ from: 'app/inner', to: '/data' })).not.toBe(before);
});

test("another go.mod is built by, and counts, instead of the module's own", async () => {
  await mkdir(join(folder, 'app', 'versions'));
  await write('app/versions/2.mod', 'module x\n');
  await write('app/versions/2.sum', '');
  const other = { ...program, modFile: 'versions/2.mod' };
  const [own, before] = [await hashOfProgram(program, folder), await hashOfProgram(other, folder)];
  expect(before).not.toBe(own);
  await write('app/go.mod', 'module x\n\nrequire y v1.0.0\n\nreplace y => ../y\n');
  await write('y/y.go', 'package y // new');
  expect(await hashOfProgram(other, folder)).toBe(before);
  expect(await hashOfProgram(program, folder)).not.toBe(own);
  const seen = new Set([before]);
  for (const [file, text] of [
    ['2.mod', 'module x\n\nreplace y => ../y\n'],
    ['2.sum', 'y v1 h1:'],
  ] as const) {
    await write(`app/versions/${file}`, text);
    seen.add(await hashOfProgram(other, folder));
  }
  expect(seen.size).toBe(3);
});

test.each([
  ['go.sum', () => write('app/go.sum', 'y v1 h1:')],
  ['a source', () => write('app/main.go', 'package main // new')],
  ['an embedded file', () => write('app/inner/data.txt', 'other')],
  ['a replacement outside the folder', () => write('y/y.go', 'package y // new')],
])('%s changes the hash of a program', async (_, change) => {
  const before = await hashOfProgram(program, folder);
  await change();
  expect(await hashOfProgram(program, folder)).not.toBe(before);
});

test('what does not end up in a program does not change its hash', async () => {
  const before = await hashOfProgram(program, folder);
  await write('app/recipe.ts', 'export {}');
  await write('app/main_test.go', 'package main');
  await write('app/README.md', '# x');
  await write('y/notes.txt', 'x');
  await write('y/y', 'a program that was built by hand');
  expect(await hashOfProgram({ ...program }, folder)).toBe(before);
});

test('an image in an image counts with its own hash', async () => {
  const recipe: ImageRecipe = { files: [{ fromImage: 'pause', to: '/p' }], config: {} };
  const one = await hashOfRecipe(recipe, { folder, hashOf: async () => 'one' });
  expect(await hashOfRecipe(recipe, { folder, hashOf: async () => 'two' })).not.toBe(one);
});

test('the order of packages does not matter', () => {
  expect(hashOfRootfs({ suite: 'sid', packages: ['a', 'b'] })).toBe(
    hashOfRootfs({ suite: 'sid', packages: ['b', 'a'] }),
  );
});

test('a recipe that names what is not there says which part of it is wrong', async () => {
  await expect(withFile({ from: 'absent', to: '/a' })).rejects.toThrow(Problem);
  await expect(withFile({ from: 'absent', to: '/a' })).rejects.toThrow('expected absent for /a');
  await expect(hash({ programs: [{ ...program, moduleFolder: 'nowhere' }] })).rejects.toThrow('go.mod');
});

test('replacements by folders are found, others are not', () => {
  const goMod = 'replace (\n\ta => ./a\n\tb v1 => ../b\n\tc => example.com/c v1.2.3\n)\nreplace d => ./d\n';
  expect(localReplacements(goMod)).toEqual(['./a', '../b', './d']);
});
