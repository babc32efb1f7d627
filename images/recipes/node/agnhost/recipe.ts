import type { ImageRecipe } from '../../../recipe.ts';

/**
 * Kubernetes' test tool, from the node's module so that versions match. Used like
 * registry.k8s.io/e2e-test-images/agnhost, without its shell tools.
 */
export const recipe: ImageRecipe = {
  programs: [
    {
      moduleFolder: 'node/kube',
      package: 'k8s.io/kubernetes/test/images/agnhost',
      ldflags: '-s -w',
      path: '/agnhost',
    },
  ],
  config: { entrypoint: ['/agnhost'], cmd: ['pause'], workdir: '/' },
};
