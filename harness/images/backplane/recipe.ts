import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledProgram } from '../bundle.ts';
import { nodeRuntime } from '../node-runtime.ts';
import type { ImageRecipe, RecipeFile } from '../recipe.ts';

/** Which schema an image migrates to: that of the source, or one synthetic step further (contract.md, "rollback-verify"). */
export type BackplaneSchema = 'n' | 'n+1';

export interface BackplaneBuild {
  /** What `/version` says; 40 hexadecimal digits. */
  readonly gitSha: string;
  /** What `/version` says; ISO 8601. Must be the same for every build of a commit, or the tag isn't stable. */
  readonly buildDate: string;
  readonly schema: BackplaneSchema;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCE = 'harness/backplane';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The reference backplane: Node.js on a small Debian, the bundled sources in /app, uid 1001, port 8000, nothing written
 * but to /tmp. The schema is a matter of which migrations lie in the image, not of a switch at run time.
 */
export async function backplaneRecipe({ gitSha, buildDate, schema }: BackplaneBuild): Promise<ImageRecipe> {
  const [node, program, migrations, python] = await Promise.all([
    nodeRuntime(ROOT),
    bundledProgram(ROOT, [SOURCE], [`${SOURCE}/server.ts`, `${SOURCE}/migrate.ts`], '/app'),
    migrationFiles(schema),
    readFile(new URL('python.sh', import.meta.url), 'utf8'),
  ]);
  return {
    rootfs: { suite: 'trixie', packages: ['libstdc++6'] },
    files: [node, { text: python, to: '/usr/local/bin/python', mode: 0o755 }, program, ...migrations],
    config: {
      entrypoint: ['/usr/local/bin/node', '/app/server.mjs'],
      env: { PATH, NODE_ENV: 'production', GIT_SHA: gitSha, BUILD_DATE: buildDate },
      user: '1001:1001',
      workdir: '/app',
      exposedPorts: ['8000/tcp'],
    },
  };
}

async function migrationFiles(schema: BackplaneSchema): Promise<readonly RecipeFile[]> {
  const folder = join(ROOT, SOURCE, 'migrations');
  const folders = schema === 'n' ? [folder] : [folder, join(folder, 'synthetic-n-plus-1')];
  return (await Promise.all(folders.map(sqlFiles))).flat();
}

async function sqlFiles(folder: string): Promise<readonly RecipeFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return await Promise.all(
    names.map(async (name) => ({
      text: await readFile(join(folder, name), 'utf8'),
      to: `/app/migrations/${name}`,
      mode: 0o644,
    })),
  );
}
