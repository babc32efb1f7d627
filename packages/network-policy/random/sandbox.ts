import { randomBytes } from 'node:crypto';
import type { V1NetworkPolicy, V1NetworkPolicySpec } from '@kubernetes/client-node';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { namespaces, networkPolicies, type Pod, pods } from '@meho/kube/api/resource';
import { createNamespace, deleteNamespace } from '@meho/kube/workloads/namespace';
import type { ProbeContainer } from '../probe/ask-probe.ts';
import { probeContainer, serveArguments, waitForProbe } from '../probe/probing-pod.ts';
import { restrictedContainer, restrictedPod } from '../probe/restricted-pod.ts';
import type {
  AddressEndpoint,
  ClusterPolicies,
  Namespace,
  PodEndpoint,
  Protocol,
} from '../semantics/cluster-policies.ts';
import { podEndpoint } from '../semantics/read-cluster-policies.ts';
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

/** Two namespaces with three pods, isolated from other plots. */
export interface Sandbox extends AsyncDisposable {
  readonly labels: PodLabels;
  readonly pods: Readonly<Record<PodName, PodEndpoint>>;
  readonly containers: Readonly<Record<PodName, ProbeContainer>>;
  /** Replaces all policies. Returns the policies to compute from. */
  apply(drawn: DrawnPolicies, signal: AbortSignal): Promise<ClusterPolicies>;
}

export interface SandboxOptions {
  readonly labels: PodLabels;
  readonly image: string;
  readonly ownLabels: Readonly<Record<string, string>>;
  /** The node, by its kubelet. */
  readonly node: AddressEndpoint;
  readonly signal: AbortSignal;
}

export const serves: readonly { readonly port: number; readonly protocol: Protocol }[] = [
  { port: 8000, protocol: 'TCP' },
  { port: 8001, protocol: 'TCP' },
  { port: 8000, protocol: 'UDP' },
];
/** All plots' pods start at once. */
const deadlineMs = 180_000;
const teams: Readonly<Record<Side, Readonly<Record<string, string>>>> = { a: { team: 'blue' }, b: {} };

export async function startSandbox(
  api: KubeApi,
  { labels, image, ownLabels, node, signal }: SandboxOptions,
): Promise<Sandbox> {
  const id = randomBytes(3).toString('hex');
  const spaces: Readonly<Record<Side, string>> = { a: `meho-plot-${id}-a`, b: `meho-plot-${id}-b` };
  await using stack = new AsyncDisposableStack();
  const sides: readonly Side[] = ['a', 'b'];
  // Any namespace takes six seconds to delete.
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
  const containers = Object.fromEntries(
    started.map(([name, { namespace }]) => [name, { namespace, pod: name, container: probeContainer }]),
  ) as Record<PodName, ProbeContainer>;
  await Promise.all(Object.values(containers).map((container) => waitForProbe(api, container, serves, signal)));
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
    containers,
    apply: async (drawn, laySignal) => {
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
            { metadata: { name: own?.name ?? '' }, spec: toApi(spec) },
            { signal: laySignal },
          ),
        ),
      );
      return { namespaces: known, policies: there, pods: Object.values(endpoints) };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Addresses = Readonly<Record<PodName | 'node', string>>;

const ipsOf = (endpoints: Readonly<Record<PodName, PodEndpoint>>) =>
  Object.fromEntries(podNames.map((name) => [name, endpoints[name].ip])) as Record<PodName, string>;

/** Replaces host names by addresses. */
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
      : { ingress: ingress.map(ruleOf).map(({ peers, ports }) => withoutUndefined({ _from: peers, ports })) }),
    ...(egress === undefined
      ? {}
      : { egress: egress.map(ruleOf).map(({ peers, ports }) => withoutUndefined({ to: peers, ports })) }),
  };
}

function cidrOf(block: Block, addresses: Addresses): string {
  if (block === 'everything') {
    return '0.0.0.0/0';
  }
  // All pods share the first two bytes, by k3s' default and most others'.
  return block === 'pods' ? `${addresses.p.split('.').slice(0, 2).join('.')}.0.0/16` : `${addresses[block]}/32`;
}

const withoutUndefined = <T extends object>(object: T) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

/** The API's `from` is `_from` in the client's types. */
function toApi({ ingress, ...rest }: V1NetworkPolicySpec = { podSelector: {} }) {
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
  }: Pick<SandboxOptions, 'image' | 'ownLabels' | 'signal'> & { readonly labels: PodLabels[PodName] },
): Promise<PodEndpoint> {
  const manifest: Pod = {
    metadata: { name, labels: { ...ownLabels, ...labels } },
    spec: {
      ...restrictedPod,
      containers: [
        {
          name: probeContainer,
          image,
          ...restrictedContainer,
          args: serveArguments(serves),
          ports: Object.entries(namedPorts[name]).map(([portName, containerPort]) => ({
            name: portName,
            containerPort,
            protocol: portName === 'dgram' ? 'UDP' : 'TCP',
          })),
        },
      ],
    },
  };
  // Refused until the controller manager creates the namespace's default ServiceAccount.
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
