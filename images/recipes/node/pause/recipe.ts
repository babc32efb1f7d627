import type { ImageRecipe } from '../../../recipe.ts';

/** Holds a pod's namespaces; stands in for registry.k8s.io/pause. */
export const recipe: ImageRecipe = {
  programs: [{ moduleFolder: 'node/pause', package: '.', ldflags: '-s -w', path: '/pause' }],
  config: { entrypoint: ['/pause'], user: '65535:65535', workdir: '/' },
};
