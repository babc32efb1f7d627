import { UsageError } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { dockerOf, statusOf } from '@meho/images/engine/client';
import type { Engine } from '@meho/images/engine/engine';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { nodes } from '@meho/kube/api/resource';
import type { AdjacentServices } from '../../release/environment/request.ts';

/**
 * Requires the nodes to be on this Docker network: pods reach services there.
 *
 * @throws UsageError in one line
 */
export async function servicesNetwork(
  name: string,
  { engine, api, progress, signal }: { engine: Engine; api: KubeApi; progress: Progress; signal: AbortSignal },
): Promise<AdjacentServices> {
  const { id, addresses } = await inspectNetwork(engine, name);
  const known = await nodeAddresses(api, signal);
  if (known === undefined) {
    progress.note(`whether the cluster's nodes are on network ${name} can't be seen: this identity may not list nodes`);
  } else if (!known.some((address) => addresses.includes(address))) {
    throw new UsageError([
      `--services-network ${name}: no node of the cluster is on it; nodes are at ${known.join(', ')}, its containers at ${addresses.join(', ') || 'none'}`,
    ]);
  }
  return { network: { name, id } };
}

async function inspectNetwork(engine: Engine, name: string) {
  try {
    const { Id: id, Containers: containers } = await dockerOf(engine).getNetwork(name).inspect();
    const addresses = Object.values(containers ?? {}).map(({ IPv4Address }) => IPv4Address.split('/')[0] ?? '');
    return { id, addresses };
  } catch (error) {
    if (statusOf(error) === 404) {
      throw new UsageError([`--services-network ${name}: the engine at ${engine.host} has no such network`]);
    }
    throw error;
  }
}

async function nodeAddresses(api: KubeApi, signal: AbortSignal): Promise<readonly string[] | undefined> {
  try {
    const { items } = await api.list(nodes, {}, { signal });
    return items.flatMap(({ status }) =>
      (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    );
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}
