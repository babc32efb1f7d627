/** Served as Go modules, the newest of each minor from 1.29 on; 1.28 isn't served. */
export const kubernetesVersions = [
  '1.29.6',
  '1.30.14',
  '1.31.14',
  '1.32.13',
  '1.33.13',
  '1.34.4',
  '1.35.4',
  '1.36.3',
  '1.37.2',
] as const;

export type KubernetesVersion = (typeof kubernetesVersions)[number];

/** That of kube/go.mod: images/versions.test.ts holds that. */
export const defaultKubernetes = '1.34.4' satisfies KubernetesVersion;

/** @param text a version of the table, or its minor */
export function kubernetesVersion(text: string): KubernetesVersion | undefined {
  return kubernetesVersions.find((version) => version === text || minorOf(version) === text);
}

/** E.g. `1.37`. */
export function minorOf(version: KubernetesVersion): string {
  return version.slice(0, version.lastIndexOf('.'));
}

/** Which module of recipes/ a version is built from, and by which go.mod. */
export interface KubeModule {
  readonly moduleFolder: string;
  readonly modFile?: string;
  readonly tags?: readonly string[];
}

/** Of each module that builds Kubernetes, the version of its go.mod; the others have a file of their own in versions/. */
const modules = { 'node/kube-to-1.33': '1.33.13', 'node/kube': defaultKubernetes } as const;

/**
 * Before 1.34 the kubelet was called in another way; before 1.31 clouds were linked, unless by this tag, which k3s sets too:
 * not all of their modules are served.
 */
export function kubeModule(version: KubernetesVersion): KubeModule {
  const minor = numberOf(version);
  const moduleFolder = minor < 34 ? 'node/kube-to-1.33' : 'node/kube';
  return {
    moduleFolder,
    ...(modules[moduleFolder] === version ? {} : { modFile: `versions/${version}.mod` }),
    ...(minor < 31 ? { tags: ['providerless'] } : {}),
  };
}

/** What a kubelet must be told: from 1.35 on it refuses machines with cgroup v1, which 1.34 only warns of. */
export function kubeletArguments(version: KubernetesVersion): readonly string[] {
  return numberOf(version) < 35 ? [] : ['fail-cgroupv1=false'];
}

const numberOf = (version: KubernetesVersion) => Number(version.split('.')[1]);
