import type { ImageRecipe } from '../recipe.ts';

/** CoreDNS with the plugins a cluster's DNS uses; called like registry.k8s.io/coredns/coredns. */
export const recipe: ImageRecipe = {
  programs: [
    {
      moduleFolder: 'coredns',
      package: '.',
      ldflags: '-s -w -X github.com/coredns/coredns/coremain.GitCommit=v1.14.7',
      path: '/coredns',
    },
  ],
  config: { entrypoint: ['/coredns'], user: '65532:65532', workdir: '/', exposedPorts: ['53/udp', '53/tcp'] },
};
