import type { ImageRecipe } from '../recipe.ts';

/** What its `/version` says: a commit of its own, so that no check mistakes it for the reference backplane. */
export const secondGitSha = '5ec0ddeb107a11ce5ec0ddeb107a11ce5ec0dde2';

/** The backplane of fixtures/second-deployment: one Go program on nothing, which is `python` as well. */
export const recipe: ImageRecipe = {
  programs: [
    {
      moduleFolder: '../../fixtures/second-deployment/backplane',
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
