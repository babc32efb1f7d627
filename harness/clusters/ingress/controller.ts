import { exchange } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import type { Authority } from '@meho/core/testing/authority';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ResolvedImage } from '@meho/images/image';
import { KubeApi } from '@meho/kube/api/api';
import { namespaces } from '@meho/kube/api/resource';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { waitForRollout } from '@meho/kube/workloads/rollout';
import type { StartedCluster } from '../provider.ts';
import { explainFailure, logOf } from './explain-failure.ts';
import { type Manifest, manifests } from './manifests.ts';
import { controllerName, controllerNamespace } from './skipper.ts';

export interface IngressControllerOptions {
  /** A managed cluster: the controller brings a ClusterRole and an IngressClass. */
  readonly cluster: StartedCluster;
  readonly image: ResolvedImage;
  readonly authority: Authority;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodePort: number;
  readonly rolloutDeadlineMs?: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Goes with its cluster: disposing only closes connections. */
export interface StartedIngressController extends AsyncDisposable {
  /** For `ingress.className`; also the cluster's default. */
  readonly className: string;
  /** For `networkPolicy.ingressControllerNamespace`. */
  readonly namespace: string;
  /** `curl --connect-to ::<host>:<port>`, for every host. */
  readonly address: { readonly host: string; readonly port: number };
  log(lines: number): Promise<string>;
  /** Doesn't wait for the namespace's end. Idempotent. */
  stop(): Promise<void>;
}

const removalDeadlineMs = 60_000;
const applyDeadlineMs = 30_000;
const defaultRolloutDeadlineMs = 60_000;
const answerDeadlineMs = 30_000;
/** No Ingress ever has it. */
const nobodysHost = 'nobody.meho-ingress.example.com';

/**
 * Waits until skipper answers TLS on its node port with the authority's certificate.
 * @throws Problem with the reason its pod doesn't run; nothing is left behind
 */
export async function startIngressController(options: IngressControllerOptions): Promise<StartedIngressController> {
  const { cluster, progress, signal } = options;
  if (!cluster.capabilities.disposable) {
    throw new Problem({
      expected: 'to install an ingress controller on a managed cluster',
      observed: "this cluster isn't: a ClusterRole and an IngressClass would be left to others",
      next: 'use the ingress controller that is there',
    });
  }
  return progress.step('ingress controller', async (step) => {
    const access = await accessOf(parseKubeconfig(cluster.kubeconfig, 'the cluster'), undefined, signal);
    await using stack = new AsyncDisposableStack();
    const api = stack.use(new KubeApi(access));
    const objects = manifests({
      image: options.image.reference,
      nodePort: options.nodePort,
      labels: options.labels,
      certificate: await options.authority.issue({ dnsNames: [nobodysHost] }),
    });
    const remove = async () => {
      await Promise.all(objects.map(({ resource, namespace, name }) => api.delete(resource, namespace, name)));
    };
    step.update('creating objects');
    const [first, ...others] = objects;
    const address = await cluster.nodePortAddress(options.nodePort);
    try {
      await notBeingRemoved(api, signal);
      await apply(api, first, signal);
      await Promise.all(others.map((object) => apply(api, object, signal)));
      step.update('rolling out');
      await waitForRollout(
        api,
        { namespace: controllerNamespace, labels: `app.kubernetes.io/name=${controllerName}` },
        { deadlineMs: options.rolloutDeadlineMs ?? defaultRolloutDeadlineMs, signal },
      );
      step.update('asking through its node port');
      await answers(address, options.authority, signal);
    } catch (error) {
      const problem = signal.aborted ? error : await explainFailure(api, error);
      // The original cause says more than a failed removal.
      await remove().catch(() => undefined);
      signal.throwIfAborted();
      throw problem;
    }
    return handle(api, address, remove, stack.move());
  });
}

/** One that another process started: it stays when this handle goes. */
export async function attachToIngressController({
  cluster,
  authority,
  nodePort,
  signal,
}: Pick<IngressControllerOptions, 'cluster' | 'authority' | 'nodePort' | 'signal'>): Promise<StartedIngressController> {
  await using stack = new AsyncDisposableStack();
  const access = await accessOf(parseKubeconfig(cluster.kubeconfig, 'the cluster'), undefined, signal);
  const api = stack.use(new KubeApi(access));
  const address = await cluster.nodePortAddress(nodePort);
  await answers(address, authority, signal);
  return handle(api, address, () => Promise.resolve(), stack.move());
}

/** A namespace still being removed accepts an apply, then deletes everything. */
function notBeingRemoved(api: KubeApi, signal: AbortSignal): Promise<void> {
  return waitFor(
    `namespace ${controllerNamespace} of an earlier ingress controller to be gone`,
    async (probeSignal) => {
      const found = await api.find(namespaces, undefined, controllerNamespace, { signal: probeSignal });
      return found?.metadata?.deletionTimestamp === undefined ? holds(undefined) : notYet('it is being removed');
    },
    { deadlineMs: removalDeadlineMs, signal },
  );
}

/** Server-side apply tolerates leftovers of an earlier try. */
function apply(api: KubeApi, { resource, namespace, name, object }: Manifest, signal: AbortSignal): Promise<unknown> {
  return waitFor(
    `${resource.kind} ${name} of the ingress controller to be accepted`,
    async (probeSignal) => holds(await api.apply(resource, namespace, name, object, { signal: probeSignal })),
    { deadlineMs: applyDeadlineMs, signal },
  );
}

/** Only skipper answers 404 with its name for an unknown host: nothing in between can. */
function answers(
  address: StartedIngressController['address'],
  authority: Authority,
  signal: AbortSignal,
): Promise<void> {
  return waitFor(
    'the ingress controller to answer through its node port',
    async (probeSignal) => {
      const { status, headers } = await exchange({
        url: new URL(`https://${nobodysHost}/`),
        connectTo: address,
        tls: { ca: [authority.certificatePem] },
        deadlineMs: 2_000,
        signal: probeSignal,
      });
      return status === 404 && headers['server'] === 'Skipper'
        ? holds(undefined)
        : notYet(`${status} by ${headers['server'] ?? 'a server without a name'}`);
    },
    { deadlineMs: answerDeadlineMs, intervalMs: 50, signal },
  );
}

function handle(
  api: KubeApi,
  address: StartedIngressController['address'],
  remove: () => Promise<void>,
  resources: AsyncDisposableStack,
): StartedIngressController {
  let stopping: Promise<void> | undefined;
  const close = () => resources.disposeAsync();
  return {
    className: controllerName,
    namespace: controllerNamespace,
    address,
    log: (lines) => logOf(api, lines),
    stop: () => {
      stopping ??= remove().finally(close);
      return stopping;
    },
    [Symbol.asyncDispose]: close,
  };
}
