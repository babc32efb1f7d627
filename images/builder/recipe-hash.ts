import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, normalize, posix } from 'node:path';
import { Problem } from '@meho/core/problem';
import type { DebianRootfs, GoProgram, ImageRecipe, RecipeFile } from '../recipe.ts';
import { alwaysExcluded } from './exclusions.ts';
import { filesBelow, hashOfFiles, hashOfTree, type TreeFile } from './tree.ts';

/** Increase to invalidate everything built before. */
const formatVersion = 1;

export interface RecipeContext {
  readonly folder: string;
  readonly hashOf: (image: string) => Promise<string>;
}

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** The same on every machine. */
export async function hashOfRecipe(recipe: ImageRecipe, context: RecipeContext): Promise<string> {
  const [programs, files] = await Promise.all([
    Promise.all(
      (recipe.programs ?? []).map(async (program) => [await hashOfProgram(program, context.folder), program.path]),
    ),
    Promise.all((recipe.files ?? []).map((file) => fingerprint(file, context))),
  ]);
  const rootfs = recipe.rootfs === undefined ? undefined : hashOfRootfs(recipe.rootfs);
  return digest({ formatVersion, arch: process.arch, rootfs, programs, files, config: recipe.config });
}

export function hashOfRootfs(rootfs: DebianRootfs): string {
  return digest({ formatVersion, arch: process.arch, alwaysExcluded, ...rootfs, packages: rootfs.packages.toSorted() });
}

/** Excludes the target path, so that moving a program needs no compilation. */
export async function hashOfProgram(program: Omit<GoProgram, 'path'>, folder: string): Promise<string> {
  const module = join(folder, program.moduleFolder);
  const { package: target, tags = [], ldflags = '', cgo, modFile } = program;
  const modules = await goMod(module, modFile);
  const folders = localReplacements(modules).map((path) => normalize(join(module, path)));
  const own = (await goSources(module)).filter(({ path }) => modFile === undefined || !/^go\.(?:mod|sum)$/.test(path));
  return digest({
    formatVersion,
    arch: process.arch,
    sources: await Promise.all([
      hashOfFiles(own),
      ...folders.map(async (path) => hashOfFiles(await goSources(path))),
      ...(modFile === undefined ? [] : [modules, readFile(join(module, sumOf(modFile)), 'utf8')]),
    ]),
    target,
    tags,
    ldflags,
    ...(cgo === undefined ? {} : { cgo }),
  });
}

/** Excludes recipes, tests, notes and hand-built programs. */
async function goSources(folder: string): Promise<readonly TreeFile[]> {
  const files = await filesBelow(folder, (path) => !/(_test\.go|\.ts|\.md)$/.test(path) && !isAside(basename(path)));
  const embedding = await Promise.all(
    files.map(async ({ path, absolute }) =>
      path.endsWith('.go') && /^\s*\/\/go:embed /m.test(await readFile(absolute, 'utf8')) ? [posix.dirname(path)] : [],
    ),
  );
  const embedded = embedding.flat();
  return files.filter(
    ({ path }) =>
      /\.(?:go|s|S|c|h|syso)$|(?:^|\/)go\.(?:mod|sum)$/.test(path) ||
      embedded.some((each) => each === '.' || path.startsWith(`${each}/`)),
  );
}

const isAside = (name: string) => name === 'testdata' || name === 'node_modules';

export function localReplacements(goModText: string): readonly string[] {
  return [...goModText.matchAll(/=>\s+(\.{1,2}\/\S+)/g)].map((match) => match[1] ?? '');
}

/** Go reads it beside the file that is given for go.mod. */
const sumOf = (modFile: string) => modFile.replace(/\.mod$/, '.sum');

async function goMod(folder: string, file = 'go.mod'): Promise<string> {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (error) {
    throw new Problem(
      {
        expected: `a Go module in ${folder}`,
        observed: `there is no ${file} that could be read`,
        next: "correct the recipe's moduleFolder",
      },
      { cause: error },
    );
  }
}

async function fingerprint(file: RecipeFile, { folder, hashOf }: RecipeContext): Promise<unknown> {
  if ('from' in file) {
    try {
      return [file, await hashOfTree(join(folder, file.from))];
    } catch (error) {
      throw new Problem(
        {
          expected: `${file.from} for ${file.to}`,
          observed: `it can't be read in ${folder}`,
          next: "correct the recipe's `from`",
        },
        { cause: error },
      );
    }
  }
  if ('fromModule' in file) {
    const module = join(folder, file.fromModule.moduleFolder);
    return [file, await goMod(module), await readFile(join(module, 'go.sum'), 'utf8')];
  }
  if ('fromImage' in file) {
    return [file, await hashOf(file.fromImage)];
  }
  return file; // text, link and key decide by themselves; JSON drops functions
}
