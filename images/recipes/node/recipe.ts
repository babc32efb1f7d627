import type { GoProgram, ImageRecipe } from '../../recipe.ts';
import {
  cniLinks,
  commonPackages,
  commonPrograms,
  componentLinks,
  embeddedImages,
  nodeConfig,
  notNeeded,
} from './parts.ts';
import { defaultKubernetes, type KubernetesVersion } from './versions.ts';

/** That of node/cilium/go.mod: images/versions.test.ts holds that. */
const cilium = '1.19.5';

const ciliumLdflags = `-s -w -X github.com/cilium/cilium/pkg/version.ciliumVersion=${cilium}`;

const programs: readonly GoProgram[] = [
  {
    moduleFolder: 'node/cilium',
    package: 'github.com/cilium/cilium/daemon',
    ldflags: ciliumLdflags,
    path: '/usr/local/bin/cilium-agent',
  },
  {
    moduleFolder: 'node/cilium',
    package: 'github.com/cilium/cilium/plugins/cilium-cni',
    ldflags: ciliumLdflags,
    path: '/opt/cni/bin/cilium-cni',
  },
];

/** A Kubernetes node in a container, flavour `cilium`: a stand-in for rancher/k3s. See README.md here. */
export function recipeOf(version: KubernetesVersion): ImageRecipe {
  return {
    rootfs: { suite: 'trixie', packages: [...commonPackages, 'clang-19', 'etcd-server'], exclude: notNeeded },
    programs: [...commonPrograms(version), ...programs],
    files: [
      ...componentLinks,
      ...cniLinks('bandwidth', 'host-local', 'loopback', 'portmap', 'ptp'),
      // Cilium calls its compiler by this name.
      { link: '/usr/bin/clang-19', to: '/usr/local/bin/clang' },
      {
        fromModule: { moduleFolder: 'node/cilium', module: 'github.com/cilium/cilium', folder: 'bpf' },
        to: '/var/lib/cilium/bpf',
      },
      {
        fromModule: {
          moduleFolder: 'node/cilium',
          module: 'github.com/cilium/cilium',
          folder: 'pkg/k8s/apis/cilium.io/client/crds',
        },
        to: '/usr/local/share/node/crds',
      },
      ...embeddedImages,
    ],
    config: nodeConfig('cilium', '/var/lib/etcd'),
  };
}

export const recipe = recipeOf(defaultKubernetes);
