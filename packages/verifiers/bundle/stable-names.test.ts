import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withStableNames } from './stable-names.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stable-names-'));
  await mkdir(path.join(folder, 'late'));
});
afterAll(() => rm(folder, { recursive: true }));

const imports = `import { shared } from '../shared.ts';`;

/** A command that loads two modules of the same name late; both share a third. */
async function bundle(word: string): Promise<ReadonlyMap<string, string>> {
  const sources = {
    'command.ts': `console.log((await import('./late/one.ts')).default, (await import('./one.ts')).default);`,
    'late/one.ts': `${imports} export default shared + ' late';`,
    'one.ts': `${imports.replace('../', './')} export default shared + ' beside';`,
    'shared.ts': `export const shared = '${word}';`,
  };
  await Promise.all(Object.entries(sources).map(([name, text]) => writeFile(path.join(folder, name), text)));
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: { command: 'command.ts' },
    outdir: 'out',
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    metafile: true,
  });
  return withStableNames(outputFiles, metafile.outputs);
}

test('a changed line changes the file that it is in, and no other', async () => {
  const [before, after] = [await bundle('some'), await bundle('others')];
  expect([...after.keys()].toSorted()).toEqual(['command.js', 'one-2.js', 'one.js', 'shared-shared.js']);
  expect([...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name)).toEqual([
    'shared-shared.js',
  ]);
});

test('the files find each other', async () => {
  const files = await bundle('some');
  const referred = [...files.values()].flatMap((text) => [...text.matchAll(/"\.\/([^"]+)"/g)].map(([, name]) => name));
  expect(new Set(referred)).toEqual(new Set(['one.js', 'one-2.js', 'shared-shared.js']));
});
