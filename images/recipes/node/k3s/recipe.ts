import type { GoProgram, ImageRecipe } from '../../../recipe.ts';
import {
  cniLinks,
  commonPackages,
  commonPrograms,
  componentLinks,
  embeddedImages,
  nodeConfig,
  notNeeded,
} from '../parts.ts';
import { defaultKubernetes, type KubernetesVersion } from '../versions.ts';

const programs: readonly GoProgram[] = [
  {
    moduleFolder: 'node/k3s/kine',
    package: 'github.com/k3s-io/kine',
    // As k3s: SQLite in C, and nothing to be found in another Debian's C library.
    cgo: true,
    tags: ['netgo', 'osusergo', 'sqlite_omit_load_extension'],
    ldflags: '-s -w -linkmode external -extldflags -static',
    path: '/usr/local/bin/kine',
  },
  { moduleFolder: 'node/k3s/flannel', package: '.', ldflags: '-s -w', path: '/usr/local/bin/flannel' },
  { moduleFolder: 'node/k3s/kube-router', package: '.', ldflags: '-s -w', path: '/usr/local/bin/kube-router' },
];

/** The node made of what k3s is made of, flavour `k3s`. See ../README.md. */
export function recipeOf(version: KubernetesVersion): ImageRecipe {
  return {
    rootfs: { suite: 'trixie', packages: commonPackages, exclude: notNeeded },
    programs: [...commonPrograms(version), ...programs],
    files: [
      ...componentLinks,
      ...cniLinks('bandwidth', 'bridge', 'host-local', 'loopback', 'portmap'),
      ...embeddedImages,
    ],
    config: nodeConfig('k3s', '/var/lib/rancher/k3s/server/db'),
  };
}

export const recipe = recipeOf(defaultKubernetes);
