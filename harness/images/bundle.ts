import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOfTree } from './build/tree.ts';
import type { RecipeFile } from './recipe.ts';

/** A file of a bundle, relative to the folder that it is put in. */
export interface BundledFile {
  readonly path: string;
  readonly text: string;
}

const OUTPUT = '/';
/** The bundles are ES modules, in which the CommonJS packages that they hold find no `require`. */
const REQUIRE =
  "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);";

/**
 * A bundle as a part of an image. It is made only when the image is: what an image is called follows from the sources,
 * which are read in a few milliseconds, so that a run which finds its images bundles nothing.
 *
 * @param sources folders and files that hold the entries and everything of this repository that they import
 * @param to folder of the image
 */
export async function bundledProgram(
  root: string,
  sources: readonly string[],
  entries: readonly string[],
  to: string,
): Promise<RecipeFile> {
  // What else lies there is in no bundle, and makes no other image.
  const isSource = (path: string, isFolder: boolean) =>
    isFolder || (/\.(?:ts|js|json)$/.test(path) && !/\.(?:test|spec)\.ts$/.test(path));
  const [own, lock, recipe] = await Promise.all([
    Promise.all(sources.map((path) => hashOfTree(join(root, path), isSource))),
    readFile(join(root, 'package-lock.json')),
    readFile(import.meta.filename),
  ]);
  return {
    key: createHash('sha256').update(own.join()).update(lock).update(recipe).update(entries.join('\0')).digest('hex'),
    make: async (folder) => {
      for (const { path, text } of await bundle(root, entries, sources)) {
        const file = join(folder, to, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      return join(folder, to);
    },
    to,
    mode: 0o644,
  };
}

/**
 * Bundles entries and all they import into a few files. What an entry imports with `import()` becomes a file of its own,
 * so that it costs nothing until it is needed. The same sources give the same bytes.
 *
 * @param root folder that the entries are relative to
 * @param sources relative to `root`; from elsewhere nothing but npm packages may be imported
 * @throws Error with esbuild's messages, or naming what is imported from elsewhere
 */
async function bundle(
  root: string,
  entries: readonly string[],
  sources: readonly string[],
): Promise<readonly BundledFile[]> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: [...entries],
    outdir: OUTPUT,
    write: false,
    bundle: true,
    splitting: true,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: REQUIRE },
    // Optional parts of `pg` that are not installed: a native driver and another runtime's sockets.
    external: ['pg-native', 'cloudflare:sockets'],
    // Smaller to read at start; names stay, because stacks and error classes are read by people.
    minifySyntax: true,
    minifyWhitespace: true,
    // Two classes of one name would otherwise get a number each, and some are found by their name at run time.
    keepNames: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const strangers = Object.keys(metafile.inputs).filter(
    (path) => !['node_modules', ...sources].some((each) => path === each || path.startsWith(`${each}/`)),
  );
  if (strangers.length > 0) {
    throw new Error(
      `only ${sources.join(', ')} are watched for changes, but the bundle also holds ${strangers.length} others: ${strangers.slice(0, 5).join(', ')}`,
    );
  }
  return outputFiles
    .map(({ path, text }) => ({ path: path.slice(OUTPUT.length), text }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}
