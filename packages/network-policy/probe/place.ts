import { randomBytes } from 'node:crypto';
import { Problem } from '@meho/core/problem';
import type { KubeApi } from '@meho/kube/api/api';
import { deleteCreated } from '@meho/kube/api/clean-up';
import { endpointSlices, namespaces, services } from '@meho/kube/api/resource';
import { type EnforcementProof, proveEnforcement } from '../enforcement.ts';
import type { NotMeasured } from '../matrix.ts';
import type { PodEndpoint } from '../semantics/cluster-policies.ts';
import { readState } from '../semantics/read-cluster-policies.ts';
import type { ProbePlacement } from '../targets.ts';
import {
  backplaneServes,
  broadcastServes,
  lookAlike,
  ownPod,
  partLabels,
  probePodServes,
  type SourceId,
  sourceTitles,
  type Topology,
  type Upstream,
} from '../topology.ts';
import { type ProbeContainer, runProbe } from './ask-probe.ts';
import { attachProbe, type EphemeralProbe } from './ephemeral-probe.ts';
import { type ProbePod, runProbePod } from './probing-pod.ts';

export interface PlacedProbes extends AsyncDisposable {
  readonly topology: Topology;
  readonly placement: ProbePlacement;
  readonly containers: ReadonlyMap<SourceId, ProbeContainer>;
  readonly enforced: EnforcementProof;
  readonly left: readonly NotMeasured[];
  /** Required places of the release without a pod. */
  readonly lost: readonly NotMeasured[];
  readonly kernel: KernelFacts;
  /** Effects on the release's own pods: must be none. */
  changes(): Promise<readonly string[]>;
}

/** What the network supports besides TCP and UDP over IPv4. */
export interface KernelFacts {
  readonly sctp: string;
  readonly ipv6: readonly string[];
}

export interface PlaceOptions {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether our pods may run in the release's and the ingress controller's namespaces. */
  readonly guestsAmongOthers: boolean;
  readonly signal: AbortSignal;
}

const nodeDns = { 'k8s-app': 'kube-dns' };
const why = "no pods are put into namespaces that aren't ours; --with-guests puts them there";

/**
 * Proves enforcement, then puts ephemeral containers into the release's pods and our pods around them.
 *
 * @throws NotEnforced before touching the release; Problem if no backplane runs
 */
export async function placeProbes(api: KubeApi, topology: Topology, options: PlaceOptions): Promise<PlacedProbes> {
  const { signal, labels, guestsAmongOthers } = options;
  const mark = randomBytes(3).toString('hex');
  const elsewhere = `meho-elsewhere-${mark}`;
  const twinNamespace = `${topology.ingressNamespace}-${mark}`.slice(-63);
  await using stack = new AsyncDisposableStack();
  const namespace = async (name: string, more: Readonly<Record<string, string>> = {}) => {
    const object = { metadata: { name, labels: { ...labels, ...more } } };
    const made = await api.create(namespaces, undefined, object, { signal });
    stack.defer(() => deleteCreated(api, namespaces, made));
  };
  const guest = async (id: SourceId, place: string, own: object): Promise<readonly [SourceId, ProbePod]> => {
    const name = `meho-probe-${id}-${mark}`;
    const { image } = options;
    const started = await runProbePod(api, {
      namespace: place,
      name,
      labels: { 'meho.io/probe': id, ...own },
      ownLabels: labels,
      image,
      serves: servedBy(id, topology),
      signal,
    });
    stack.use(started);
    return [id, started];
  };
  const part = partLabels(topology);

  await namespace(elsewhere);
  const [stranger, impostor] = await waitForAll([
    guest('stranger', elsewhere, nodeDns),
    guest('impostor', elsewhere, part.backplane),
  ]);
  const enforced = await proveEnforcement(api, { from: stranger[1], to: impostor[1], signal });

  const before = await readState(api, { signal });
  const backplane = ownPod(topology, 'backplane', before.pods);
  if (backplane === undefined) {
    throw new Problem({
      expected: `a running backplane pod of release ${topology.release} in namespace ${topology.namespace}`,
      observed: 'there is none',
      next: `kubectl -n ${topology.namespace} get pods -l app.kubernetes.io/instance=${topology.release} --show-labels`,
    });
  }
  await namespace(twinNamespace, { name: topology.ingressNamespace });
  const among = guestsAmongOthers
    ? [
        guest('migration', topology.namespace, part.migration),
        guest('bystander', topology.namespace, {}),
        guest('look-alike', topology.namespace, lookAlike(topology, mark)),
        guest('ingress', topology.ingressNamespace, {}),
        ...(topology.broadcast.enabled ? [] : [guest('would-be-broadcast', topology.namespace, part.broadcast)]),
      ]
    : [];
  const broadcast = topology.broadcast.enabled ? ownPod(topology, 'broadcast', before.pods) : undefined;
  const [guests, visitors] = await waitForAll([
    waitForAll([guest('twin', twinNamespace, part.broadcast), ...among]),
    waitForAll([
      attachTo(api, 'backplane', backplane, backplaneServes, options, stack),
      ...(broadcast === undefined
        ? []
        : [attachTo(api, 'broadcast', broadcast, broadcastServes(topology.broadcast.port), options, stack)]),
    ]),
    before.nodes.length > 0 ? upstreamServices(api, elsewhere, topology.upstreams, signal) : Promise.resolve(),
  ]);
  const pods = new Map<SourceId, PodEndpoint>();
  const containers = new Map<SourceId, ProbeContainer>();
  for (const [id, { container }] of visitors) {
    containers.set(id, container);
  }
  for (const [id, { container, pod }] of [...guests, stranger, impostor]) {
    containers.set(id, container);
    pods.set(id, pod);
  }
  const kernel: KernelFacts = JSON.parse((await runProbe(api, stranger[1].container, ['kernel'], signal)).output);
  const resources = stack.move();
  return {
    topology,
    placement: { probePods: pods, upstreamServices: elsewhere },
    containers,
    enforced,
    left: amongOthers(topology)
      .filter((id) => !containers.has(id))
      .map((id) => ({ what: `probes from and to the ${sourceTitles[id]}`, why })),
    lost:
      topology.broadcast.enabled && broadcast === undefined
        ? [{ what: 'flows from the broadcast', why: `its pod doesn't run in ${topology.namespace}` }]
        : [],
    kernel,
    changes: async () => (await Promise.all(visitors.map(([, each]) => each.changes()))).flat(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function attachTo(
  api: KubeApi,
  id: SourceId,
  pod: PodEndpoint,
  serves: Topology['hosts'][number]['serves'],
  { image, signal }: PlaceOptions,
  stack: AsyncDisposableStack,
): Promise<readonly [SourceId, EphemeralProbe]> {
  return [id, stack.use(await attachProbe(api, pod, { image, serves, signal }))];
}

function amongOthers({ broadcast }: Topology): readonly SourceId[] {
  const always = ['migration', 'bystander', 'look-alike', 'ingress'] as const;
  return broadcast.enabled ? always : [...always, 'would-be-broadcast'];
}

/** A stand-in for the broadcast also serves its configured port. */
function servedBy(id: SourceId, { broadcast: { port } }: Topology): Topology['hosts'][number]['serves'] {
  const isThere = probePodServes.some((each) => each.protocol === 'TCP' && each.port === port);
  return id === 'would-be-broadcast' && !isThere ? [...probePodServes, { port, protocol: 'TCP' }] : probePodServes;
}

/** So that upstreams are also probed by Service IP and name. */
async function upstreamServices(
  api: KubeApi,
  namespace: string,
  upstreams: readonly Upstream[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    upstreams.map(async ({ id, ip, port }) => {
      const metadata = { name: id, labels: { 'kubernetes.io/service-name': id } };
      const ports = [{ name: 'upstream', port, protocol: 'TCP' }];
      await api.create(services, namespace, { metadata: { name: id }, spec: { ports } }, { signal });
      const endpoints = [{ addresses: [ip], conditions: { ready: true } }];
      await api.create(endpointSlices, namespace, { metadata, addressType: 'IPv4', endpoints, ports }, { signal });
    }),
  );
}

/** Waits for all, so that clean-up also sees what started beside a failure. */
async function waitForAll<const T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(work);
  const failure = settled.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) {
    throw failure.reason;
  }
  return Promise.all(work);
}
