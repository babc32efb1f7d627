import { fileURLToPath } from 'node:url';
import { bundledProgram } from '../bundle.ts';
import { nodeRuntime } from '../node-runtime.ts';
import type { ImageRecipe } from '../recipe.ts';
import { controlPort, issuerPort } from './program/configuration.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = 'harness/images/openid/program';
const sources = [folder, 'harness/wait', 'harness/problem.ts'];

/**
 * The OpenID provider of the tests: Node.js on the same small Debian as the backplane's image, which is so made once,
 * and one bundle. No registry has it.
 */
export async function openIdRecipe(): Promise<ImageRecipe> {
  const [node, program] = await Promise.all([
    nodeRuntime(root),
    bundledProgram(root, sources, [`${folder}/main.ts`], '/app'),
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
