import { ingressNodePort, K3sCluster } from '../cluster/k3s.ts';
import type { StartedCluster } from '../cluster/provider.ts';
import { createNetwork } from '../containers/network.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { useWithTestcontainers } from '../engine/testcontainers.ts';
import type { ImageName } from '../images/catalog.ts';
import { ensureImages } from '../images/ensure-images.ts';
import type { ResolvedImage } from '../images/image.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { type Authority, createAuthority } from '../ingress/authority.ts';
import { type StartedIngressController, startIngressController } from '../ingress/controller.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import type { Progress } from '../report/progress.ts';
import type { StartedOpenId } from '../services/openid.ts';
import { type StartedPostgres, startPostgres } from '../services/postgres.ts';
import { type StartedValkey, startValkey } from '../services/valkey.ts';
import type { StartedVault } from '../services/vault.ts';
import { startFederation } from './federation.ts';
import { startForeignEnvironment } from './foreign-environment.ts';
import type { Ground } from './ground.ts';
import { groundValues } from './ground-values.ts';
import { built, type JudgedImage, judgedImage } from './judged-image.ts';
import { type MakingReady, nameBroadcast, readyForPods } from './judged-on-nodes.ts';
import { keepPrivately } from './kubeconfig-file.ts';
import type { EnvironmentRequest, SubjectRequest } from './request.ts';
import { allOrNothing } from './together.ts';

/** Everything a release needs around it, started and answering. */
export interface Environment extends AsyncDisposable {
  readonly request: EnvironmentRequest;
  /** @throws Error for an image that this environment doesn't use */
  readonly image: (name: ImageName) => ResolvedImage;
  readonly helm: string;
  readonly kubectl: string;
  readonly cluster: StartedCluster;
  readonly api: KubeApi;
  /** File with the cluster's kubeconfig, readable by us alone; gone with the environment. */
  readonly kubeconfigFile: string;
  readonly postgres: Public<StartedPostgres>;
  readonly valkey: Public<StartedValkey>;
  readonly openId: Public<StartedOpenId>;
  readonly vault: Public<StartedVault>;
  readonly authority: Authority;
  readonly ingress: StartedIngressController;
  readonly judged: JudgedImage;
  /** An image of the engine as pods of what is judged run it. */
  readonly podImage: (image: ResolvedImage, subject?: SubjectRequest) => Promise<ResolvedImage>;
  readonly ground: Ground;
}

/** What others can stand in for. */
type Public<T> = Pick<T, keyof T>;

const needed: readonly ImageName[] = [
  'node',
  'agnhost',
  'probe',
  'skipper',
  'postgres',
  'valkey',
  'openid',
  'vault',
  'backplane',
  'backplane-next',
  'second-backplane',
];

/** What pods of the suites run, besides what is judged. */
const onTheNode: readonly ImageName[] = ['skipper', 'valkey', 'backplane', 'probe'];

export interface EnvironmentStart {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Starts what the request asks for: a cluster of our own, or what has to be around a cluster that isn't.
 *
 * @throws Problem naming what didn't come up; nothing is left behind then
 */
export function startEnvironment(request: EnvironmentRequest, start: EnvironmentStart): Promise<Environment> {
  return request.cluster === undefined
    ? startOwnEnvironment(request, start)
    : startForeignEnvironment(request, request.cluster, start);
}

/** A cluster of our own with the services beside it and an ingress controller on it. */
async function startOwnEnvironment(
  request: EnvironmentRequest,
  { progress, signal }: EnvironmentStart,
): Promise<Environment> {
  const { settings, labels } = request;
  const { cacheFolder, imageMode: mode, path: searchPath } = settings;
  const engine = await ensureEngine({ progress, signal });
  await useWithTestcontainers(engine, { signal });
  const images = await ensureImages(needed, { engine, mode, progress, signal, cacheFolder });
  const image = (name: ImageName) => found(images, name);
  const tool = (name: 'helm' | 'kubectl') => ensureTool(name, { progress, signal, cacheFolder, searchPath });
  const [helm, kubectl] = [await tool('helm'), await tool('kubectl')];

  await using stack = new AsyncDisposableStack();
  const network = stack.use(await createNetwork(labels));
  const place = (name: ImageName) => ({ image: image(name), labels, network, signal });
  const provider = new K3sCluster({
    node: image('node'),
    agnhost: image('agnhost'),
    labels,
    network,
    engine,
    cacheFolder,
  });
  const authority = await createAuthority();
  const making: MakingReady = { engine, labels, authority, signal };
  const subject = await subjectForPods(request.subject, image('backplane'), making);
  const [cluster, postgres, valkey, federation] = await allOrNothing(stack, [
    provider.start({ progress, signal, images: [...onTheNode.map(image), ...judgedLocally(subject)] }),
    progress.step('Postgres beside the cluster', () => startPostgres(place('postgres'))),
    progress.step('Valkey beside the cluster', () => startValkey(place('valkey'))),
    progress.step('OpenID provider and Vault beside the cluster', () => startFederation(authority, place)),
  ]);
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const kubeconfigFile = await keepPrivately(cluster.kubeconfig, network.name, labels, stack);
  const ingress = stack.use(
    await startIngressController({
      cluster,
      image: image('skipper'),
      authority,
      labels,
      nodePort: ingressNodePort,
      progress,
      signal,
    }),
  );
  await nameBroadcast(cluster, subject, image('valkey'));
  const judged = await judgedImage(subject, image('backplane'));
  const resources = stack.move();
  return {
    request,
    image,
    helm: helm.path,
    kubectl: kubectl.path,
    cluster,
    api,
    kubeconfigFile,
    postgres,
    valkey,
    openId: federation.openId,
    vault: federation.vault,
    authority,
    ingress,
    judged,
    podImage: (each, judges = request.subject) => readyForPods(judges, each, making),
    ground: {
      valuesFiles: await groundValues(request.subject, 'ground', labels),
      domain: 'meho.example.com',
      trust: authority.certificatePem,
      bringsCertificate: true,
      trustBundle: authority.certificatePem,
      cidrs: {
        postgres: `${postgres.address}/32`,
        vault: `${federation.vault.address}/32`,
        keycloak: `${federation.openId.address}/32`,
      },
      role: undefined,
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** An image of the engine that is judged has to be on the node before a pod names it. */
function judgedLocally(subject: SubjectRequest): readonly ResolvedImage[] {
  return subject.image?.local === undefined ? [] : [subject.image.local];
}

/** The subject with the image that its pods run, which is another where the run's authorities are a layer of it. */
async function subjectForPods(
  subject: SubjectRequest,
  reference: ResolvedImage,
  making: MakingReady,
): Promise<SubjectRequest> {
  const local = subject.image === undefined ? reference : subject.image.local;
  if (local === undefined) {
    return subject;
  }
  const ready = await readyForPods(subject, local, making);
  const gitSha = subject.image?.gitSha ?? built(reference).gitSha;
  return ready === local ? subject : { ...subject, image: { reference: ready.reference, gitSha, local: ready } };
}

function found(images: ReadonlyMap<ImageName, ResolvedImage>, name: ImageName): ResolvedImage {
  const image = images.get(name);
  if (image === undefined) {
    throw new Error(`image ${name} was not asked for`);
  }
  return image;
}
