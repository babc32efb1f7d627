import type { ImageRecipe } from '../../../recipe.ts';

/** Used like registry.k8s.io/coredns/coredns. */
export const recipe: ImageRecipe = {
  programs: [
    {
      moduleFolder: 'node/coredns',
      package: '.',
      ldflags: '-s -w -X github.com/coredns/coredns/coremain.GitCommit=v1.14.7',
      path: '/coredns',
    },
  ],
  config: { entrypoint: ['/coredns'], user: '65532:65532', workdir: '/', exposedPorts: ['53/udp', '53/tcp'] },
};
