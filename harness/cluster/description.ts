import type { V1DaemonSet } from '@kubernetes/client-node';
import type { KubeApi } from '../kube/api.ts';
import type { Json, Resource } from '../kube/resource.ts';
import { messageOf } from '../problem.ts';

/** Kubernetes' version as the API server tells it, e.g. `v1.34.4+k3s1`. */
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

/** The distribution that a version's suffix gives away. */
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

/** What is seen of a policy engine that runs as a DaemonSet, by the DaemonSet's name. */
const engines = [
  ['cilium', 'Cilium'],
  ['rke2-canal', 'Canal (Calico)'],
  ['canal', 'Canal (Calico)'],
  ['calico-node', 'Calico'],
  ['antrea-agent', 'Antrea'],
  ['kube-router', 'kube-router'],
  ['aws-node', 'Amazon VPC CNI'],
] as const;

/** The engine among a cluster's DaemonSets, with the version its image's tag tells. */
export function engineAmong(running: readonly { readonly name: string; readonly image: string }[]): string | undefined {
  for (const [daemonSet, engine] of engines) {
    const found = running.find(({ name }) => name === daemonSet);
    if (found !== undefined) {
      const version = /:(v?\d[^@/]*)(@|$)/.exec(found.image)?.[1];
      return version === undefined ? engine : `${engine} ${version}`;
    }
  }
  return undefined;
}

/** What enforces NetworkPolicy on a cluster that isn't ours, or a sentence saying why that isn't known. */
export async function policyEngineOf(api: KubeApi, gitVersion: string): Promise<string> {
  try {
    const { items } = await api.list(daemonSets, {});
    const engine = engineAmong(
      items.map(({ metadata, spec }) => ({
        name: metadata?.name ?? '',
        image: spec?.template.spec?.containers[0]?.image ?? '',
      })),
    );
    if (engine !== undefined) {
      return engine;
    }
    return gitVersion.includes('+k3s')
      ? `kube-router inside k3s ${gitVersion}, unless it was turned off`
      : 'not known: no DaemonSet of a known policy engine';
  } catch (error) {
    return `not known: DaemonSets can't be listed (${messageOf(error).split('\n')[0]})`;
  }
}
