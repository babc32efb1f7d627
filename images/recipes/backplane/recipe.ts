import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleProgram } from '../../bundle.ts';
import { nodeRuntime } from '../../node-runtime.ts';
import type { ImageRecipe, RecipeFile } from '../../recipe.ts';

/** The source's, or one synthetic step further (contract.md, "rollback-verify"). */
export type BackplaneSchema = 'n' | 'n+1';

export interface BackplaneBuild {
  readonly gitSha: string;
  /** For `/version`; ISO 8601. Must not vary between builds, or the tag isn't stable. */
  readonly buildDate: string;
  readonly schema: BackplaneSchema;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCE = 'apps/reference-backplane';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Uid 1001, port 8000, writes only to /tmp. The schema follows from the migrations in the image, not from a run-time
 * switch.
 */
export async function backplaneRecipe({ gitSha, buildDate, schema }: BackplaneBuild): Promise<ImageRecipe> {
  const [node, program, migrations, python] = await Promise.all([
    nodeRuntime(ROOT),
    bundleProgram(ROOT, [SOURCE], [`${SOURCE}/server.ts`, `${SOURCE}/migrate.ts`], '/app'),
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
