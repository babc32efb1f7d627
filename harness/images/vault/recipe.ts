import type { ImageRecipe } from '../recipe.ts';

/** Vault's server and nothing beside it; stands in for hashicorp/vault. See README.md for what is left out of it. */
export const recipe: ImageRecipe = {
  programs: [{ moduleFolder: 'vault', package: '.', tags: ['minimal'], ldflags: '-s -w', path: '/bin/vault' }],
  config: {
    entrypoint: ['/bin/vault'],
    env: { PATH: '/bin', HOME: '/' },
    workdir: '/',
    exposedPorts: ['8200/tcp'],
  },
};
