import { randomBytes } from 'node:crypto';
import type { V1NetworkPolicy, V1NetworkPolicySpec } from '@kubernetes/client-node';
import type { KubeApi } from '../../kube/api.ts';
import { createNamespace, deleteNamespace } from '../../kube/namespace.ts';
import { namespaces, networkPolicies, type Pod, pods } from '../../kube/resource.ts';
import { holds, never, notYet, waitFor } from '../../wait/wait-for.ts';
import type { Stand } from '../probe/ask.ts';
import { answersItself, probeContainer, serveArguments } from '../probe/guest.ts';
import { podEndpoint } from '../read-world.ts';
import type { AddressEndpoint, Namespace, PodEndpoint, Protocol, World } from '../world.ts';
import {
  type Block,
  type DrawnPolicies,
  type DrawnPolicy,
  type DrawnRule,
  namedPorts,
  type PodLabels,
  type PodName,
  podNames,
  type Side,
  sideOf,
} from './arbitrary.ts';

/** Two namespaces with three pods, in which random policies are tried without meeting those of other plots. */
export interface Plot extends AsyncDisposable {
  readonly labels: PodLabels;
  readonly pods: Readonly<Record<PodName, PodEndpoint>>;
  readonly stands: Readonly<Record<PodName, Stand>>;
  /** Puts policies in place of those that are there, and gives what is then to be computed from. */
  lay(drawn: DrawnPolicies, signal: AbortSignal): Promise<World>;
}

export interface PlotOptions {
  readonly labels: PodLabels;
  readonly image: string;
  /** By which whoever cleans up finds it. */
  readonly ownLabels: Readonly<Record<string, string>>;
  /** What pods reach outside: the node, by its kubelet. */
  readonly node: AddressEndpoint;
  readonly signal: AbortSignal;
}

export const serves: readonly { readonly port: number; readonly protocol: Protocol }[] = [
  { port: 8000, protocol: 'TCP' },
  { port: 8001, protocol: 'TCP' },
  { port: 8000, protocol: 'UDP' },
];
/** All plots' pods start at the same time. */
const deadlineMs = 180_000;
const teams: Readonly<Record<Side, Readonly<Record<string, string>>>> = { a: { team: 'blue' }, b: {} };

export async function startPlot(api: KubeApi, { labels, image, ownLabels, node, signal }: PlotOptions): Promise<Plot> {
  const id = randomBytes(3).toString('hex');
  const spaces: Readonly<Record<Side, string>> = { a: `meho-plot-${id}-a`, b: `meho-plot-${id}-b` };
  await using stack = new AsyncDisposableStack();
  const sides: readonly Side[] = ['a', 'b'];
  // Each takes six seconds to go, whatever is in it.
  stack.defer(async () => {
    await Promise.all(sides.map((side) => deleteNamespace(api, spaces[side], { deadlineMs })));
  });
  await Promise.all(
    sides.map((side) => createNamespace(api, spaces[side], { ...ownLabels, ...teams[side], side }, { signal })),
  );
  const started = await Promise.all(
    podNames.map(
      async (name) =>
        [
          name,
          await startPod(api, spaces[sideOf[name]], name, { labels: labels[name], image, ownLabels, signal }),
        ] as const,
    ),
  );
  const endpoints = Object.fromEntries(started) as Record<PodName, PodEndpoint>;
  const stands = Object.fromEntries(
    started.map(([name, { namespace }]) => [name, { namespace, pod: name, container: probeContainer }]),
  ) as Record<PodName, Stand>;
  await Promise.all(Object.values(stands).map((stand) => answersItself(api, stand, serves, signal)));
  const metadata = await Promise.all(sides.map((side) => api.get(namespaces, undefined, spaces[side], { signal })));
  const known: readonly Namespace[] = metadata.map((each) => ({
    name: each.metadata?.name ?? '',
    labels: each.metadata?.labels ?? {},
  }));
  let there: readonly V1NetworkPolicy[] = [];
  const owned = stack.move();
  return {
    labels,
    pods: endpoints,
    stands,
    lay: async (drawn, laySignal) => {
      await Promise.all(there.map(({ metadata: old }) => api.delete(networkPolicies, old?.namespace, old?.name ?? '')));
      const addresses = { ...ipsOf(endpoints), node: node.ip };
      there = drawn.map(({ side, spec }, index) => ({
        metadata: { namespace: spaces[side], name: `random-${index}` },
        spec: specOf(spec, addresses),
      }));
      await Promise.all(
        there.map(({ metadata: own, spec }) =>
          api.create(
            networkPolicies,
            own?.namespace,
            { metadata: { name: own?.name ?? '' }, spec: sent(spec) },
            { signal: laySignal },
          ),
        ),
      );
      return { namespaces: known, policies: there };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Addresses = Readonly<Record<PodName | 'node', string>>;

const ipsOf = (endpoints: Readonly<Record<PodName, PodEndpoint>>) =>
  Object.fromEntries(podNames.map((name) => [name, endpoints[name].ip])) as Record<PodName, string>;

/** The policy as objects have it: names of hosts become their addresses. */
function specOf({ ingress, egress, ...rest }: DrawnPolicy['spec'], addresses: Addresses): V1NetworkPolicySpec {
  const ruleOf = ({ peers, ports }: DrawnRule) => ({
    peers: peers?.map(({ block, ...selectors }) =>
      block === undefined
        ? selectors
        : {
            ipBlock: {
              cidr: cidrOf(block.of, addresses),
              ...(block.except === undefined ? {} : { except: block.except.map((name) => cidrOf(name, addresses)) }),
            },
          },
    ),
    ports: ports?.map((port) => ({ ...port })),
  });
  return {
    ...rest,
    ...(ingress === undefined
      ? {}
      : { ingress: ingress.map(ruleOf).map(({ peers, ports }) => defined({ _from: peers, ports })) }),
    ...(egress === undefined
      ? {}
      : { egress: egress.map(ruleOf).map(({ peers, ports }) => defined({ to: peers, ports })) }),
  };
}

function cidrOf(block: Block, addresses: Addresses): string {
  if (block === 'everything') {
    return '0.0.0.0/0';
  }
  // All pods of the cluster have the first two bytes in common, by k3s' default and most others'.
  return block === 'pods' ? `${addresses.p.split('.').slice(0, 2).join('.')}.0.0/16` : `${addresses[block]}/32`;
}

const defined = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

/** The API calls `from` what the client's types call `_from`. */
function sent({ ingress, ...rest }: V1NetworkPolicySpec = { podSelector: {} }) {
  const rules = ingress?.map(({ _from, ...rule }) => (_from === undefined ? rule : { ...rule, from: _from }));
  return { ...rest, ...(rules === undefined ? {} : { ingress: rules }) };
}

async function startPod(
  api: KubeApi,
  namespace: string,
  name: PodName,
  {
    labels,
    image,
    ownLabels,
    signal,
  }: Pick<PlotOptions, 'image' | 'ownLabels' | 'signal'> & { readonly labels: PodLabels[PodName] },
): Promise<PodEndpoint> {
  const manifest: Pod = {
    metadata: { name, labels: { ...ownLabels, ...labels } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: probeContainer,
          image,
          imagePullPolicy: 'IfNotPresent',
          args: serveArguments(serves),
          ports: Object.entries(namedPorts[name]).map(([portName, containerPort]) => ({
            name: portName,
            containerPort,
            protocol: portName === 'dgram' ? 'UDP' : 'TCP',
          })),
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
  // Refused until the controller manager has made the namespace's default ServiceAccount.
  await waitFor(
    `pod ${namespace}/${name} to be accepted`,
    async (probeSignal) => holds(await api.apply(pods, namespace, name, manifest, { signal: probeSignal })),
    { deadlineMs, intervalMs: 100, signal },
  );
  return waitFor(
    `pod ${namespace}/${name} to run`,
    async (probeSignal) => {
      const pod = await api.get(pods, namespace, name, { signal: probeSignal });
      const endpoint = podEndpoint(pod);
      const phase = pod.status?.phase ?? 'no status';
      return endpoint !== undefined ? holds(endpoint) : phase === 'Failed' ? never(phase) : notYet(phase);
    },
    { deadlineMs, intervalMs: 100, signal },
  );
}
