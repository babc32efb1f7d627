import type { GoProgram, ImageRecipe, RecipeFile } from '../recipe.ts';

/** Kept in step with node/kube/go.mod. */
const kubernetes = { version: 'v1.34.4', major: '1', minor: '34' } as const;
/** Kept in step with node/cilium/go.mod. */
const cilium = '1.19.5';

const kubernetesVersion = [
  `gitVersion=${kubernetes.version}`,
  `gitMajor=${kubernetes.major}`,
  `gitMinor=${kubernetes.minor}`,
  'gitTreeState=clean',
];

/** Linker flags that stamp Kubernetes' version; without them everything calls itself v0.0.0. */
export const kubernetesLdflags = [
  '-s -w',
  ...kubernetesVersion.map((value) => `-X k8s.io/component-base/version.${value}`),
].join(' ');

const ciliumLdflags = `-s -w -X github.com/cilium/cilium/pkg/version.ciliumVersion=${cilium}`;

const programs: readonly GoProgram[] = [
  { moduleFolder: 'node/kube', package: '.', ldflags: kubernetesLdflags, path: '/usr/local/bin/kube' },
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
  { moduleFolder: 'node/init', package: '.', ldflags: '-s -w', path: '/usr/local/bin/node-init' },
];

/** One program behind six names: it tells by its name which component it is. */
const components = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
].map((name): RecipeFile => ({ link: 'kube', to: `/usr/local/bin/${name}` }));

const cniPlugins = ['bandwidth', 'host-local', 'loopback', 'portmap', 'ptp'].map(
  (name): RecipeFile => ({ link: `/usr/lib/cni/${name}`, to: `/opt/cni/bin/${name}` }),
);

/** A Kubernetes node in a container: stands in for rancher/k3s, called the same way. node/README.md says more. */
export const recipe: ImageRecipe = {
  rootfs: {
    suite: 'trixie',
    packages: [
      'ca-certificates',
      'clang-19',
      'conntrack',
      'containerd',
      'containernetworking-plugins',
      'etcd-server',
      'iproute2',
      'ipset',
      'iptables',
      'kmod',
      'mount',
      'nftables',
      'procps',
      'runc',
    ],
    exclude: ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*'],
  },
  programs,
  files: [
    ...components,
    ...cniPlugins,
    // Cilium calls its compiler by the plain name.
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
    { fromImage: 'pause', to: '/usr/local/share/node/images/pause.tar' },
    { fromImage: 'coredns', to: '/usr/local/share/node/images/coredns.tar' },
  ],
  config: {
    entrypoint: ['/usr/local/bin/node-init'],
    cmd: ['server'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      KUBECONFIG: '/etc/rancher/k3s/k3s.yaml',
      CONTAINERD_NAMESPACE: 'k8s.io',
    },
    exposedPorts: ['6443/tcp'],
    // Overlay on overlay is refused by the kernel, so what holds layers and data is a volume.
    volumes: ['/var/lib/containerd', '/var/lib/kubelet', '/var/lib/etcd', '/var/log'],
  },
};
