import type { ImageRecipe } from '../../recipe.ts';

/** Stands in for hashicorp/vault. README.md says what is left out. */
export const recipe: ImageRecipe = {
  programs: [{ moduleFolder: 'vault', package: '.', tags: ['minimal'], ldflags: '-s -w', path: '/bin/vault' }],
  config: {
    entrypoint: ['/bin/vault'],
    env: { PATH: '/bin', HOME: '/' },
    workdir: '/',
    exposedPorts: ['8200/tcp'],
  },
};
