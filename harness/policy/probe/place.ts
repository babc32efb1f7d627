import { randomBytes } from 'node:crypto';
import type { KubeApi } from '../../kube/api.ts';
import { deleteMade } from '../../kube/clean-up.ts';
import { endpointSlices, namespaces, services } from '../../kube/resource.ts';
import { Problem } from '../../problem.ts';
import { type Enforced, proveEnforcement } from '../enforcement.ts';
import type { NotMeasured } from '../matrix.ts';
import { readState } from '../read-world.ts';
import {
  backplaneServes,
  broadcastServes,
  guestServes,
  ownPod,
  partLabels,
  type Scene,
  type SourceId,
  sourceTitles,
  type Upstream,
} from '../scene.ts';
import type { Stage } from '../targets.ts';
import type { PodEndpoint } from '../world.ts';
import { type Stand, tell } from './ask.ts';
import { type Guest, startGuest } from './guest.ts';
import { type Visitor, visit } from './visitor.ts';

/** Probes in their places around a release. */
export interface Placed extends AsyncDisposable {
  readonly scene: Scene;
  readonly stage: Stage;
  readonly stands: ReadonlyMap<SourceId, Stand>;
  readonly enforced: Enforced;
  /** Places where no probe could be put, with the reason. */
  readonly left: readonly NotMeasured[];
  /** Places of the release where there has to be a probe, and there was no pod for it. */
  readonly lost: readonly NotMeasured[];
  readonly kernel: KernelFacts;
  /** What the probes in the release's own pods have changed about them; has to be nothing. */
  changes(): Promise<readonly string[]>;
}

/** What the pods' network can do beside TCP and UDP over IPv4. */
export interface KernelFacts {
  /** `available`, or why not. */
  readonly sctp: string;
  readonly ipv6: readonly string[];
}

export interface PlaceOptions {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether pods of ours may be put into the release's namespace and the ingress controller's, where others live. */
  readonly guestsAmongOthers: boolean;
  readonly signal: AbortSignal;
}

const nodeDns = { 'k8s-app': 'kube-dns' };
const why = "no pods are put into namespaces that aren't ours; --with-guests puts them there";

/**
 * Puts the probe into the release's own pods, as ephemeral containers, and pods of ours around them; and proves first of
 * all that the cluster enforces NetworkPolicy.
 *
 * @throws NotEnforced before anything of the release is touched; Problem where the release has no running backplane
 */
export async function placeProbes(api: KubeApi, scene: Scene, options: PlaceOptions): Promise<Placed> {
  const { signal, labels, guestsAmongOthers } = options;
  const mark = randomBytes(3).toString('hex');
  const elsewhere = `meho-elsewhere-${mark}`;
  const twinNamespace = `${scene.ingressNamespace}-${mark}`.slice(-63);
  await using stack = new AsyncDisposableStack();
  const namespace = async (name: string, more: Readonly<Record<string, string>> = {}) => {
    const object = { metadata: { name, labels: { ...labels, ...more } } };
    const made = await api.create(namespaces, undefined, object, { signal });
    stack.defer(() => deleteMade(api, namespaces, made));
  };
  const guest = async (id: SourceId, place: string, own: object): Promise<readonly [SourceId, Guest]> => {
    const name = `meho-probe-${id}-${mark}`;
    const { image } = options;
    const started = await startGuest(api, {
      namespace: place,
      name,
      labels: { 'meho.io/probe': id, ...own },
      ownLabels: labels,
      image,
      serves: servedBy(id, scene),
      signal,
    });
    stack.use(started);
    return [id, started];
  };
  const part = partLabels(scene);

  await namespace(elsewhere);
  const [stranger, impostor] = await together([
    guest('stranger', elsewhere, nodeDns),
    guest('impostor', elsewhere, part.backplane),
  ]);
  const enforced = await proveEnforcement(api, { from: stranger[1], to: impostor[1], signal });

  const before = await readState(api, { signal });
  const backplane = ownPod(scene, 'backplane', before.pods);
  if (backplane === undefined) {
    throw new Problem({
      expected: `a running backplane pod of release ${scene.release} in namespace ${scene.namespace}`,
      observed: 'there is none',
      next: `kubectl -n ${scene.namespace} get pods -l app.kubernetes.io/instance=${scene.release} --show-labels`,
    });
  }
  await namespace(twinNamespace, { name: scene.ingressNamespace });
  const among = guestsAmongOthers
    ? [
        guest('migration', scene.namespace, part.migration),
        guest('bystander', scene.namespace, {}),
        guest('look-alike', scene.namespace, lookAlike(part.backplane, scene.release)),
        guest('ingress', scene.ingressNamespace, {}),
        ...(scene.broadcast.enabled ? [] : [guest('would-be-broadcast', scene.namespace, part.broadcast)]),
      ]
    : [];
  const broadcast = scene.broadcast.enabled ? ownPod(scene, 'broadcast', before.pods) : undefined;
  const [guests, visitors] = await together([
    together([guest('twin', twinNamespace, part.broadcast), ...among]),
    together([
      visitor(api, 'backplane', backplane, backplaneServes, options, stack),
      ...(broadcast === undefined
        ? []
        : [visitor(api, 'broadcast', broadcast, broadcastServes(scene.broadcast.port), options, stack)]),
    ]),
    before.nodes.length > 0 ? upstreamServices(api, elsewhere, scene.upstreams, signal) : Promise.resolve(),
  ]);
  const pods = new Map<SourceId, PodEndpoint>();
  const stands = new Map<SourceId, Stand>();
  for (const [id, { stand }] of visitors) {
    stands.set(id, stand);
  }
  for (const [id, { stand, pod }] of [...guests, stranger, impostor]) {
    stands.set(id, stand);
    pods.set(id, pod);
  }
  const kernel: KernelFacts = JSON.parse((await tell(api, stranger[1].stand, ['kernel'], signal)).output);
  const resources = stack.move();
  return {
    scene,
    stage: { guests: pods, upstreamServices: elsewhere },
    stands,
    enforced,
    left: amongOthers(scene)
      .filter((id) => !stands.has(id))
      .map((id) => ({ what: `probes from and to the ${sourceTitles[id]}`, why })),
    lost:
      scene.broadcast.enabled && broadcast === undefined
        ? [{ what: 'flows from the broadcast', why: `its pod doesn't run in ${scene.namespace}` }]
        : [],
    kernel,
    changes: async () => (await Promise.all(visitors.map(([, each]) => each.changes()))).flat(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function visitor(
  api: KubeApi,
  id: SourceId,
  pod: PodEndpoint,
  serves: Scene['hosts'][number]['serves'],
  { image, signal }: PlaceOptions,
  stack: AsyncDisposableStack,
): Promise<readonly [SourceId, Visitor]> {
  return [id, stack.use(await visit(api, pod, { image, serves, signal }))];
}

/** Pods of ours in namespaces where others live. */
function amongOthers({ broadcast }: Scene): readonly SourceId[] {
  const always = ['migration', 'bystander', 'look-alike', 'ingress'] as const;
  return broadcast.enabled ? always : [...always, 'would-be-broadcast'];
}

/** Whoever stands for the broadcast answers on its port, whichever that is. */
function servedBy(id: SourceId, { broadcast: { port } }: Scene): Scene['hosts'][number]['serves'] {
  const isThere = guestServes.some((each) => each.protocol === 'TCP' && each.port === port);
  return id === 'would-be-broadcast' && !isThere ? [...guestServes, { port, protocol: 'TCP' }] : guestServes;
}

/** The backplane's labels, but of a release whose name only begins alike. */
function lookAlike(labels: object, release: string): object {
  return { ...labels, 'app.kubernetes.io/instance': `${release}-2` };
}

/** Services of ours that lead to the upstreams, so that these are reached by Service IP and name as well. */
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

/** Waits for all, so that what started beside a failure is there to be taken down with the rest. */
async function together<const T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.allSettled(work);
  const failure = settled.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) {
    throw failure.reason;
  }
  return Promise.all(work);
}
