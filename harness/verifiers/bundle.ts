import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { importedFirst } from './imported-first.ts';
import { yamlModules } from './yaml-modules.ts';

const HERE = import.meta.dirname;

const launcher = path.join(HERE, 'launcher.ts');
const main = path.join(HERE, 'main.ts');
/** Lead to what every verdict loads. Not `main` itself: it waits for a module that is loaded late, which would wait for it. */
const everyVerdict = ['verify.ts', 'verifiers.ts'].map((name) => path.join(HERE, name));

/** CommonJS packages inside the bundle call `require`, which a module doesn't have. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** The schemas of the documents that the verifiers print and write, by their names in the package. */
const publishedSchemas: Readonly<Record<string, string>> = {
  'output.schema.json': path.join(HERE, 'output.schema.json'),
  'step-output.schema.json': path.join(HERE, 'step-output.schema.json'),
  'green-counter.schema.json': path.join(HERE, 'green-counter.schema.json'),
  'network-policy-matrix.schema.json': path.join(HERE, '..', 'policy', 'report', 'matrix.schema.json'),
};

/**
 * Bundles the verifiers for plain Node 22 and newer, without the repository and without node_modules: the command
 * `meho-acceptance.js`, what it loads late beside it, the schemas of what they print and write, and the licences of what is in it.
 *
 * @param outFolder emptied first
 * @returns the size of all of it in bytes
 */
export async function bundleVerifiers(outFolder: string): Promise<number> {
  await rm(outFolder, { recursive: true, force: true });
  await mkdir(outFolder, { recursive: true });
  const { metafile } = await build({
    ...inPieces,
    outdir: outFolder,
    plugins: [importedFirst(everyVerdict, await loadedLate()), yamlModules()],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    external: ['pg-native'],
    banner: { js: REQUIRE },
    // CommonJS packages look for their files beside themselves: here, beside the bundle.
    define: { __dirname: 'import.meta.dirname' },
  });
  const command = path.join(outFolder, 'meho-acceptance.js');
  await writeFile(command, `#!/usr/bin/env node\n${await readFile(command, 'utf8')}`, { mode: 0o755 });
  // Postgres' parser is WebAssembly, which is read from beside the code that loads it.
  await copyFile(
    fileURLToPath(import.meta.resolve('libpg-query/wasm/libpg-query.wasm')),
    path.join(outFolder, 'libpg-query.wasm'),
  );
  for (const [name, source] of Object.entries(publishedSchemas)) {
    await copyFile(source, path.join(outFolder, name));
  }
  await writeFile(path.join(outFolder, 'LICENCES.txt'), await licencesOf(Object.keys(metafile.inputs)));
  return Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
}

const inPieces = {
  entryPoints: { 'meho-acceptance': launcher },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Our modules that are loaded by `import()`, and after `main`. */
async function loadedLate(): Promise<ReadonlySet<string>> {
  const { metafile } = await build({ ...inPieces, outdir: HERE, packages: 'external', write: false });
  const late = Object.values(metafile.outputs).flatMap(({ entryPoint }) =>
    entryPoint === undefined ? [] : [path.resolve(entryPoint)],
  );
  const before = [launcher, main, path.join(HERE, 'entry.ts'), path.join(HERE, 'async-disposable-stack.ts')];
  return new Set(late.filter((file) => !before.includes(file)));
}

/** The licence of every package that the bundle holds a file of. */
async function licencesOf(inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const texts = await Promise.all([...folders].sort().map(licenceOf));
  return `meho-acceptance contains these packages.\n\n${texts.join('\n')}`;
}

async function licenceOf(folder: string): Promise<string> {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  const text = await firstOf(
    ['LICENSE', 'LICENSE.md', 'license', 'LICENSE.txt', 'LICENCE'].map((name) => path.join(folder, name)),
  );
  return `== ${manifest.name} ${manifest.version} (${manifest.license ?? 'no licence named'})\n\n${text}\n`;
}

async function firstOf(files: readonly string[]): Promise<string> {
  for (const file of files) {
    try {
      return await readFile(file, 'utf8');
    } catch {
      // Packages spell the name differently; the next spelling is tried.
    }
  }
  return '';
}
