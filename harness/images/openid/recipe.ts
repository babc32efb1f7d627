import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.ts';
import { nodeRuntime } from '../node-runtime.ts';
import type { ImageRecipe } from '../recipe.ts';
import { controlPort, issuerPort } from './program/configuration.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = 'harness/images/openid/program/main.ts';

/**
 * The OpenID provider of the tests: Node.js on the same small Debian as the backplane's image, which is so made once,
 * and one bundle. No registry has it.
 */
export async function openIdRecipe(): Promise<ImageRecipe> {
  const [node, files] = await Promise.all([nodeRuntime(root), bundle(root, [program])]);
  return {
    rootfs: { suite: 'trixie', packages: ['libstdc++6'] },
    files: [node, ...files.map(({ path, text }) => ({ text, to: `/app/${path}`, mode: 0o644 }))],
    config: {
      entrypoint: ['/usr/local/bin/node', '/app/main.mjs'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'production' },
      workdir: '/app',
      exposedPorts: [`${issuerPort}/tcp`, `${controlPort}/tcp`],
    },
  };
}
