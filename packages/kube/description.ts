import type { V1DaemonSet } from '@kubernetes/client-node';
import { messageOf } from '@meho/core/problem';
import type { KubeApi } from './api/api.ts';
import type { Json, Resource } from './api/resource.ts';

export async function serverVersion(api: KubeApi): Promise<string> {
  const { gitVersion }: { gitVersion: string } = JSON.parse(await api.text('/version'));
  return gitVersion;
}

const daemonSets: Resource<Json<V1DaemonSet>> = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
};

export function distributionOf(gitVersion: string): string {
  const [, name] = distributions.find(([mark]) => gitVersion.includes(mark)) ?? [];
  return name ?? 'Kubernetes (which distribution its version does not tell)';
}

const distributions = [
  ['+k3s', 'k3s'],
  ['+rke2', 'RKE2'],
  ['-eks-', 'Amazon EKS'],
  ['-gke.', 'Google GKE'],
] as const;

/** `none`: turned off. `unknown`: could not be found out. */
export type PolicyEngineKind =
  | 'cilium'
  | 'canal'
  | 'calico'
  | 'antrea'
  | 'kube-router'
  | 'amazon-vpc-cni'
  | 'none'
  | 'unknown';

export interface PolicyEngine {
  readonly kind: PolicyEngineKind;
  /** With the version, or why it isn't known. */
  readonly title: string;
  /** Where it is known: what an engine does otherwise than the API says depends on it. */
  readonly version?: string;
}

const engines: readonly (readonly [daemonSet: string, kind: PolicyEngineKind, name: string])[] = [
  ['cilium', 'cilium', 'Cilium'],
  ['rke2-canal', 'canal', 'Canal (Calico)'],
  ['canal', 'canal', 'Canal (Calico)'],
  ['calico-node', 'calico', 'Calico'],
  ['antrea-agent', 'antrea', 'Antrea'],
  ['kube-router', 'kube-router', 'kube-router'],
  ['aws-node', 'amazon-vpc-cni', 'Amazon VPC CNI'],
];

/** The title includes the version, taken from the image's tag. */
export function policyEngineAmong(
  running: readonly { readonly name: string; readonly image: string }[],
): PolicyEngine | undefined {
  for (const [daemonSet, kind, name] of engines) {
    const found = running.find((candidate) => candidate.name === daemonSet);
    if (found !== undefined) {
      const version = /:(v?\d[^@/]*)(@|$)/.exec(found.image)?.[1];
      return version === undefined ? { kind, title: name } : { kind, title: `${name} ${version}`, version };
    }
  }
  return undefined;
}

/** Returns `unknown`, with the reason as its title, if no engine is found. */
export async function policyEngineOf(api: KubeApi, gitVersion: string): Promise<PolicyEngine> {
  try {
    const { items } = await api.list(daemonSets, {});
    const engine = policyEngineAmong(
      items.map(({ metadata, spec }) => ({
        name: metadata?.name ?? '',
        image: spec?.template.spec?.containers[0]?.image ?? '',
      })),
    );
    if (engine !== undefined) {
      return engine;
    }
    return gitVersion.includes('+k3s')
      ? { kind: 'kube-router', title: `kube-router inside k3s ${gitVersion}, unless it was turned off` }
      : { kind: 'unknown', title: 'not known: no DaemonSet of a known policy engine' };
  } catch (error) {
    const reason = messageOf(error).split('\n')[0];
    return { kind: 'unknown', title: `not known: DaemonSets can't be listed (${reason})` };
  }
}
