import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOfTree } from './builder/tree.ts';
import type { RecipeFile } from './recipe.ts';

interface BundledFile {
  readonly path: string;
  readonly text: string;
}

const OUTPUT = '/';
/** CommonJS packages in an ES module bundle find no `require`. */
const REQUIRE =
  "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);";

/**
 * Bundles only when the image is built: its name follows from the sources.
 * @param sources folders and files with the entries and all they import here
 * @param to folder in the image
 */
export async function bundleProgram(
  root: string,
  sources: readonly string[],
  entries: readonly string[],
  to: string,
): Promise<RecipeFile> {
  // Other files must not change the image.
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
 * An `import()` becomes a file of its own, loaded when needed. Equal sources give equal bytes.
 * @param root base of the entries
 * @param sources relative to `root`; other imports must be npm packages
 * @throws Error with esbuild's messages, or naming an import from elsewhere
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
    // Optional parts of `pg`: a native driver and another runtime's sockets.
    external: ['pg-native', 'cloudflare:sockets'],
    // Faster to load; names stay, because people read stacks and error classes.
    minifySyntax: true,
    minifyWhitespace: true,
    // Classes of one name would get numbered, and some are looked up by name at run time.
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
