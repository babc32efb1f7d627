import type { ImageRecipe } from '../recipe.ts';

/**
 * Kubernetes' own test tool (HTTP servers, connection probes, DNS), from the same module as the node, so that both
 * are of one version. Called like registry.k8s.io/e2e-test-images/agnhost, without the shell tools beside it.
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
