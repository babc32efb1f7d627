import { dockerOf, statusOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import type { ServicesBeside } from '../environment/request.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { nodes } from '../kube/resource.ts';
import { UsageError } from '../problem.ts';
import type { Progress } from '../report/progress.ts';

/**
 * The Docker network that a cluster's nodes are said to be on, and are: services on it can be reached from pods.
 *
 * @throws UsageError in one line
 */
export async function servicesNetwork(
  name: string,
  { engine, api, progress, signal }: { engine: Engine; api: KubeApi; progress: Progress; signal: AbortSignal },
): Promise<ServicesBeside> {
  const { id, addresses } = await inspected(engine, name);
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

async function inspected(engine: Engine, name: string) {
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
