import type { ImageRecipe } from '../../recipe.ts';

/** Distinct from the reference backplane's. */
export const secondGitSha = '5ec0ddeb107a11ce5ec0ddeb107a11ce5ec0dde2';

/** One Go program, which also acts as `python`. */
export const recipe: ImageRecipe = {
  programs: [
    {
      moduleFolder: '../../apps/second-deployment/backplane',
      package: '.',
      ldflags: '-s -w',
      path: '/usr/bin/second-backplane',
    },
  ],
  files: [{ link: 'second-backplane', to: '/usr/bin/python' }],
  config: {
    entrypoint: ['/usr/bin/second-backplane'],
    env: { PATH: '/usr/bin', GIT_SHA: secondGitSha, BUILD_DATE: '2025-01-01T00:00:00Z' },
    user: '1001:1001',
    workdir: '/',
    exposedPorts: ['8000/tcp'],
  },
};
