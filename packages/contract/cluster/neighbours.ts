import { isIP } from 'node:net';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import { ingresses, type Pod, services } from '@meho/kube/api/resource';
import type { ClusterView } from './cluster-view.ts';
import { backendsFor, isBackplane, podsBehind, servingOf } from './serving.ts';

/** Another release whose pods get the requests that were meant for this one. */
export interface Neighbour {
  readonly release: string;
  readonly namespace: string;
  readonly pods: readonly string[];
}

type Place = Pick<ClusterView, 'api' | 'namespace' | 'release'>;

/**
 * Undefined where the release's own pods get them, also beside another release's behind a Service of their own, as a
 * canary is. Pods without the contract's label are anybody's.
 *
 * @param groups ready pods, by the Service that leads to them
 */
export function neighbourBehind(
  groups: readonly (readonly Pod[])[],
  { namespace, release }: Omit<Place, 'api'>,
): Neighbour | undefined {
  const isForeign = (pod: Pod) => ![undefined, release].includes(instanceOf(pod));
  const isOwn = (pod: Pod) => !isForeign(pod);
  const mixed = groups.filter((group) => group.some(isForeign) && group.some(isOwn));
  const taken = groups.some((group) => group.some(isOwn)) ? mixed : groups;
  return neighbourOf(taken.flat().filter(isForeign), namespace);
}

/**
 * Asks for a host that no Ingress of the release's namespace names: one of another namespace may. Without the right to
 * see them it is not known.
 */
export async function neighbourElsewhere(
  { api, namespace }: Place,
  host: string,
  signal: AbortSignal,
): Promise<Neighbour | undefined> {
  if (isIP(host) !== 0 || host === 'localhost') {
    return undefined;
  }
  try {
    const { items } = await api.list(ingresses, {}, { signal });
    const naming = items.filter(
      ({ metadata, spec }) =>
        metadata?.namespace !== namespace &&
        spec?.rules?.some((rule) => rule.host?.toLowerCase() === host.toLowerCase()),
    );
    for (const [place, found] of Map.groupBy(naming, ({ metadata }) => metadata?.namespace ?? '')) {
      const pods = await Promise.all(
        (backendsFor(found, host) ?? []).map(async (name) => {
          const [serving] = servingOf(await api.find(services, place, name, { signal }));
          return serving === undefined ? [] : ((await podsBehind({ api, namespace: place }, serving, signal)) ?? []);
        }),
      );
      const isMeho = ({ metadata }: Pod) => metadata?.labels?.['app.kubernetes.io/name'] === 'meho';
      const neighbour = neighbourOf(pods.flat().filter(isMeho), place);
      if (neighbour !== undefined) {
        return neighbour;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!isApiTrouble(error)) {
      throw error;
    }
  }
  return undefined;
}

function neighbourOf(pods: readonly Pod[], namespace: string): Neighbour | undefined {
  const [first] = pods.filter(isBackplane);
  const release = first && instanceOf(first);
  const own = pods.filter((pod) => instanceOf(pod) === release);
  return release === undefined
    ? undefined
    : { release, namespace, pods: own.map(({ metadata }) => metadata?.name ?? '').toSorted() };
}

function instanceOf({ metadata }: Pod): string | undefined {
  return metadata?.labels?.['app.kubernetes.io/instance'];
}
