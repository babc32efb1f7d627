import { fileURLToPath } from 'node:url';
import { bundleProgram } from '../../bundle.ts';
import { nodeRuntime } from '../../node-runtime.ts';
import type { ImageRecipe } from '../../recipe.ts';
import { controlPort, issuerPort } from './program/configuration.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = 'images/recipes/openid/program';
const sources = [folder, 'packages/core/wait', 'packages/core/problem.ts', 'packages/core/failure.ts'];

/** On the backplane's Debian, which is thus built once. In no registry. */
export async function openIdRecipe(): Promise<ImageRecipe> {
  const [node, program] = await Promise.all([
    nodeRuntime(root),
    bundleProgram(root, sources, [`${folder}/main.ts`], '/app'),
  ]);
  return {
    rootfs: { suite: 'trixie', packages: ['libstdc++6'] },
    files: [node, program],
    config: {
      entrypoint: ['/usr/local/bin/node', '/app/main.mjs'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'production' },
      workdir: '/app',
      exposedPorts: [`${issuerPort}/tcp`, `${controlPort}/tcp`],
    },
  };
}
