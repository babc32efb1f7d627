import type { ImageRecipe } from '../../recipe.ts';

/** The cluster's ingress controller; used like ghcr.io/zalando/skipper. */
export const recipe: ImageRecipe = {
  programs: [
    {
      moduleFolder: 'skipper',
      package: 'github.com/zalando/skipper/cmd/skipper',
      ldflags: '-s -w -X main.version=v0.22.0',
      path: '/usr/bin/skipper',
    },
  ],
  config: {
    cmd: ['skipper'],
    user: '1000:1000',
    workdir: '/',
    exposedPorts: ['9090/tcp', '9911/tcp'],
  },
};
