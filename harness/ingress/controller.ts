import type { StartedCluster } from '../cluster/provider.ts';
import { exchange } from '../http/exchange.ts';
import type { ResolvedImage } from '../images/image.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { namespaces } from '../kube/resource.ts';
import { waitForRollout } from '../kube/rollout.ts';
import { Problem } from '../problem.ts';
import type { Progress } from '../report/progress.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import type { Authority } from './authority.ts';
import { type Manifest, manifests } from './manifests.ts';
import { controllerName, controllerNamespace } from './skipper.ts';
import { explained, logOf } from './trouble.ts';

export interface IngressControllerOptions {
  /** A cluster of ours: the controller brings a ClusterRole and an IngressClass. */
  readonly cluster: StartedCluster;
  /** Skipper, on the cluster's node already or to be pulled from a registry. */
  readonly image: ResolvedImage;
  /** Issues the certificate for hosts whose Ingress has none. */
  readonly authority: Authority;
  readonly labels: Readonly<Record<string, string>>;
  /** The node port that `cluster.nodePortAddress` leads to. */
  readonly nodePort: number;
  /** How long its rollout may take, in milliseconds. */
  readonly rolloutDeadlineMs?: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** An ingress controller that answers TLS requests. It goes with its cluster: disposing of it closes connections only. */
export interface StartedIngressController extends AsyncDisposable {
  /** For `ingress.className`; it is the cluster's default as well. */
  readonly className: string;
  /** For `networkPolicy.ingressControllerNamespace`. */
  readonly namespace: string;
  /** Where this machine reaches it, for every host: `curl --connect-to ::<host>:<port>`. */
  readonly address: { readonly host: string; readonly port: number };
  /** The last lines of the controller's log. @throws like any call of the API */
  log(lines: number): Promise<string>;
  /** Removes what was created for it, without waiting for the namespace's end. May be called twice. */
  stop(): Promise<void>;
}

const removalDeadlineMs = 60_000;
const applyDeadlineMs = 30_000;
const defaultRolloutDeadlineMs = 60_000;
const answerDeadlineMs = 30_000;
/** A host that no Ingress will ever have. */
const nobodysHost = 'nobody.meho-ingress.example.com';

/**
 * Installs skipper and waits until it answers through its node port, by TLS, with a certificate of the authority.
 *
 * @throws Problem with what keeps the controller's pod from running; nothing is left behind then
 */
export async function startIngressController(options: IngressControllerOptions): Promise<StartedIngressController> {
  const { cluster, progress, signal } = options;
  if (!cluster.capabilities.disposable) {
    throw new Problem({
      expected: 'to install an ingress controller on a cluster of ours',
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
      const problem = signal.aborted ? error : await explained(api, error);
      // What is in the way of removing it is in the way of the cluster as well, and less telling than the cause.
      await remove().catch(() => undefined);
      signal.throwIfAborted();
      throw problem;
    }
    return handle(api, address, remove, stack.move());
  });
}

/** A namespace that an earlier controller left on its way out still takes an apply, and then takes all with it. */
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

/** Server-side apply, so that a controller of an earlier try is no obstacle. */
function apply(api: KubeApi, { resource, namespace, name, object }: Manifest, signal: AbortSignal): Promise<unknown> {
  return waitFor(
    `${resource.kind} ${name} of the ingress controller to be accepted`,
    async (probeSignal) => holds(await api.apply(resource, namespace, name, object, { signal: probeSignal })),
    { deadlineMs: applyDeadlineMs, signal },
  );
}

/** Only skipper itself answers 404 for a host without an Ingress and names itself: nothing in between can. */
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
