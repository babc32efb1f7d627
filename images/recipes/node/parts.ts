import type { NodeFlavour } from '../../catalog.ts';
import type { GoProgram, ImageConfig, RecipeFile } from '../../recipe.ts';
import { defaultKubernetes, type KubernetesVersion, kubeModule } from './versions.ts';

/** Without them every component reports v0.0.0. */
function ldflagsOf(version: KubernetesVersion): string {
  const [major, minor] = version.split('.');
  const values = [`gitVersion=v${version}`, `gitMajor=${major}`, `gitMinor=${minor}`, 'gitTreeState=clean'];
  return ['-s -w', ...values.map((value) => `-X k8s.io/component-base/version.${value}`)].join(' ');
}

export const kubernetesLdflags = ldflagsOf(defaultKubernetes);

/** What every flavour of the node has: only the first differs by version. */
export function commonPrograms(version: KubernetesVersion): readonly GoProgram[] {
  return [
    { ...kubeModule(version), package: '.', ldflags: ldflagsOf(version), path: '/usr/local/bin/kube' },
    { moduleFolder: 'node/init', package: '.', ldflags: '-s -w', path: '/usr/local/bin/node-init' },
  ];
}

/** Debian packages of every flavour. */
export const commonPackages = [
  'ca-certificates',
  'conntrack',
  'containerd',
  'containernetworking-plugins',
  'iproute2',
  'ipset',
  'iptables',
  'kmod',
  'mount',
  'nftables',
  'procps',
  'runc',
] as const;

export const notNeeded = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'] as const;

/** One program that acts by the name it is called by. */
export const componentLinks = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
].map((name): RecipeFile => ({ link: 'kube', to: `/usr/local/bin/${name}` }));

export const cniLinks = (...names: readonly string[]): readonly RecipeFile[] =>
  names.map((name) => ({ link: `/usr/lib/cni/${name}`, to: `/opt/cni/bin/${name}` }));

/** Without which no pod starts, or finds another by name. */
export const embeddedImages: readonly RecipeFile[] = ['pause', 'coredns'].map((name) => ({
  fromImage: name,
  to: `/usr/local/share/node/images/${name}.tar`,
}));

/** @param state where the datastore keeps its files */
export function nodeConfig(flavour: NodeFlavour, state: string): ImageConfig {
  return {
    entrypoint: ['/usr/local/bin/node-init'],
    cmd: ['server'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      KUBECONFIG: '/etc/rancher/k3s/k3s.yaml',
      CONTAINERD_NAMESPACE: 'k8s.io',
      NODE_FLAVOUR: flavour,
    },
    exposedPorts: ['6443/tcp'],
    // Volumes, because the kernel refuses overlay on overlay.
    volumes: ['/var/lib/containerd', '/var/lib/kubelet', state, '/var/log'],
  };
}
