import type { ImageRecipe } from '../../recipe.ts';

/**
 * agnhost's `connect` needs a process per target, too slow for hundreds, can't query DNS over UDP, and differs between
 * registry and build. In no registry.
 */
export const recipe: ImageRecipe = {
  programs: [{ moduleFolder: 'probe', package: '.', ldflags: '-s -w', path: '/probe' }],
  config: { entrypoint: ['/probe'], cmd: ['serve'], user: '65532:65532', workdir: '/' },
};
