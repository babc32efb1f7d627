import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '@meho/core/repository';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { importFirst } from './import-first.ts';
import { withStableNames } from './stable-names.ts';
import { yamlModules } from './yaml-modules.ts';

const HERE = import.meta.dirname;
const VERIFIERS = path.join(HERE, '..');

const launcher = path.join(HERE, 'launcher.ts');
const main = path.join(VERIFIERS, 'main.ts');
const entry = fileURLToPath(import.meta.resolve('@meho/core/command-line/entry'));
/** What every verdict loads. Not `main`: it awaits a late import, which would wait for it. */
const everyVerdict = [
  ...['verify.ts', 'verifiers.ts'].map((name) => path.join(VERIFIERS, name)),
  fileURLToPath(import.meta.resolve('@meho/core/command-line/run-and-exit')),
];

const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

const publishedSchemas: Readonly<Record<string, string>> = {
  'output.schema.json': path.join(VERIFIERS, 'report', 'output.schema.json'),
  'step-output.schema.json': path.join(VERIFIERS, 'report', 'step-output.schema.json'),
  'fleet-output.schema.json': path.join(VERIFIERS, 'report', 'fleet-output.schema.json'),
  'green-counter.schema.json': path.join(VERIFIERS, 'report', 'green-counter.schema.json'),
  'network-policy-matrix.schema.json': fileURLToPath(
    import.meta.resolve('@meho/network-policy/report/matrix.schema.json'),
  ),
};

/**
 * Bundles the verifiers for plain Node >= 22 without node_modules, with late imports, schemas and licences. The same
 * source and package-lock.json give the same bytes everywhere, because CI compares dist/ with a fresh build.
 * @param outFolder emptied first @returns the size in bytes
 */
export async function bundleVerifiers(outFolder: string): Promise<number> {
  await rm(outFolder, { recursive: true, force: true });
  await mkdir(outFolder, { recursive: true });
  const { metafile, outputFiles } = await build({
    ...inPieces,
    outdir: outFolder,
    write: false,
    plugins: [importFirst(everyVerdict, await loadedLate()), yamlModules()],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    external: ['pg-native'],
    banner: { js: REQUIRE },
    // CommonJS packages look for their files beside themselves.
    define: { __dirname: 'import.meta.dirname' },
  });
  for (const [name, text] of withStableNames(outputFiles, metafile.outputs)) {
    const isCommand = name === 'meho-acceptance.js';
    const shebang = isCommand ? '#!/usr/bin/env node\n' : '';
    await writeFile(path.join(outFolder, name), `${shebang}${text}`, { mode: isCommand ? 0o755 : 0o644 });
  }
  // Postgres' parser is WebAssembly, read from beside its loader.
  const parser = path.join(outFolder, 'libpg-query.wasm');
  await copyFile(fileURLToPath(import.meta.resolve('libpg-query/wasm/libpg-query.wasm')), parser);
  await chmod(parser, 0o644);
  const recorder = path.join(outFolder, 'recorder.py');
  await copyFile(fileURLToPath(import.meta.resolve('@meho/migration-lint/execute/recorder.py')), recorder);
  await chmod(recorder, 0o644);
  for (const [name, source] of Object.entries(publishedSchemas)) {
    await copyFile(source, path.join(outFolder, name));
  }
  await writeFile(path.join(outFolder, 'LICENCES.txt'), await licencesOf(Object.keys(metafile.inputs)));
  return Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
}

const inPieces = {
  // Pieces are named and ordered by their paths relative to this.
  absWorkingDir: repositoryRoot,
  entryPoints: { 'meho-acceptance': launcher },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Looks into our packages, not into libraries. */
const librariesAside: Plugin = {
  name: 'libraries-aside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
      kind === 'entry-point' || name.startsWith('@meho/') ? undefined : { path: name, external: true },
    );
  },
};

/** Finds what `import()` loads, after `main`. */
async function loadedLate(): Promise<ReadonlySet<string>> {
  const { metafile } = await build({ ...inPieces, outdir: HERE, plugins: [librariesAside], write: false });
  const late = Object.values(metafile.outputs).flatMap(({ entryPoint }) =>
    entryPoint === undefined ? [] : [path.resolve(repositoryRoot, entryPoint)],
  );
  const before = [launcher, main, entry, path.join(HERE, 'async-disposable-stack.ts')];
  return new Set(late.filter((file) => !before.includes(file)));
}

async function licencesOf(inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const texts = await Promise.all([...folders].sort().map((folder) => licenceOf(path.join(repositoryRoot, folder))));
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
      // Packages spell the name differently.
    }
  }
  return '';
}
