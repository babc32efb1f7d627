import { build } from 'esbuild';

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
 * Bundles entries and all they import into a few files. What an entry imports with `import()` becomes a file of its own,
 * so that it costs nothing until it is needed. The same sources give the same bytes.
 *
 * @param root folder that the entries are relative to
 * @throws Error with esbuild's messages
 */
export async function bundle(root: string, entries: readonly string[]): Promise<readonly BundledFile[]> {
  const { outputFiles } = await build({
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
  return outputFiles
    .map(({ path, text }) => ({ path: path.slice(OUTPUT.length), text }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}
