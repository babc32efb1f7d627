import type { ImageRecipe } from '../recipe.ts';

/**
 * What asks and answers in the policy matrix. agnhost's `connect` asks one target per process, which for hundreds of
 * them costs more time than the whole matrix has, doesn't speak to a DNS server over UDP, and where it comes from a
 * registry is another image than the built one. No registry has this one.
 */
export const recipe: ImageRecipe = {
  programs: [{ moduleFolder: 'probe', package: '.', ldflags: '-s -w', path: '/probe' }],
  config: { entrypoint: ['/probe'], cmd: ['serve'], user: '65532:65532', workdir: '/' },
};
