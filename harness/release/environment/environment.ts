import type { Progress } from '@meho/core/report/progress';
import { type Authority, createAuthority, restoreAuthority } from '@meho/core/testing/authority';
import { type ImageName, nodeImage } from '@meho/images/catalog';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { useWithTestcontainers } from '@meho/images/engine/testcontainers';
import { ensureImages } from '@meho/images/ensure-images';
import type { ResolvedImage } from '@meho/images/image';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import type { StartedIngressController } from '../../clusters/ingress/controller.ts';
import type { StartedCluster } from '../../clusters/provider.ts';
import type { StartedOpenId } from '../../services/openid.ts';
import type { StartedPostgres } from '../../services/postgres.ts';
import type { StartedValkey } from '../../services/valkey.ts';
import type { StartedVault } from '../../services/vault.ts';
import type { ClusterDefaults } from './cluster-defaults.ts';
import { startExistingClusterEnvironment } from './existing-cluster-environment.ts';
import { readFoundation, startFoundation, writeFoundation } from './foundation.ts';
import { type JudgedImage, judgedImage, referenceBackplane } from './judged-image.ts';
import { writePrivateKubeconfig } from './kubeconfig-file.ts';
import { managedClusterValues } from './managed-cluster-values.ts';
import { type ImagePreparation, prepareForPods, tagBroadcastImage } from './prepare-judged-image.ts';
import type { EnvironmentRequest, SubjectRequest } from './request.ts';

export interface Environment extends AsyncDisposable {
  readonly request: EnvironmentRequest;
  /** @throws Error for an image that this environment doesn't use */
  readonly image: (name: ImageName) => ResolvedImage;
  readonly helm: string;
  readonly kubectl: string;
  readonly cluster: StartedCluster;
  readonly api: KubeApi;
  /** Readable by this user only. */
  readonly kubeconfigFile: string;
  readonly postgres: Public<StartedPostgres>;
  readonly valkey: Public<StartedValkey>;
  readonly openId: Public<StartedOpenId>;
  readonly vault: Public<StartedVault>;
  readonly authority: Authority;
  readonly ingress: StartedIngressController;
  readonly judged: JudgedImage;
  /** Adds a layer of authorities if the chart can't mount them. */
  readonly podImage: (image: ResolvedImage, subject?: SubjectRequest) => Promise<ResolvedImage>;
  readonly clusterDefaults: ClusterDefaults;
  /** Writes what other runs need to attach to it. Only on a managed cluster. */
  readonly share?: (file: string) => Promise<void>;
}

/** Drops private members, so that other classes can implement it. */
type Public<T> = Pick<T, keyof T>;

const needed: readonly ImageName[] = [
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

const onTheNode: readonly ImageName[] = ['skipper', 'valkey', 'backplane', 'probe'];

export interface EnvironmentStart {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** @throws Problem naming what didn't come up; nothing is left behind */
export function startEnvironment(request: EnvironmentRequest, start: EnvironmentStart): Promise<Environment> {
  return request.cluster === undefined
    ? startManagedEnvironment(request, start)
    : startExistingClusterEnvironment(request, request.cluster, start);
}

async function startManagedEnvironment(
  request: EnvironmentRequest,
  { progress, signal }: EnvironmentStart,
): Promise<Environment> {
  const { settings, labels } = request;
  const { cacheFolder, imageMode: mode, imageRegistry: registry, path: searchPath } = settings;
  const engine = await ensureEngine({ progress, signal });
  await useWithTestcontainers(engine, { signal });
  const node = nodeImage(request);
  const images = await ensureImages([node, ...needed], { engine, mode, registry, progress, signal, cacheFolder });
  const image = (name: ImageName) => found(images, name === 'node' ? node : name);
  const tool = (name: 'helm' | 'kubectl') => ensureTool(name, { progress, signal, cacheFolder, searchPath });
  const [helm, kubectl] = [await tool('helm'), await tool('kubectl')];

  await using stack = new AsyncDisposableStack();
  const state = request.foundation === undefined ? undefined : await readFoundation(request.foundation, engine);
  const authority = await (state === undefined ? createAuthority() : restoreAuthority(state.authority));
  const making: ImagePreparation = { engine, labels, authority, signal };
  const subject = await subjectForPods(request.subject, image('backplane'), making);
  const nodeImages = [...onTheNode.map(image), ...judgedLocally(subject)];
  const around = { authority, image, nodeImages, labels, engine, cacheFolder, progress, signal };
  const foundation = await startFoundation({ ...around, state }, stack);
  const { network, cluster, postgres, valkey, openId, vault, ingress } = foundation;
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const kubeconfigFile = await writePrivateKubeconfig(cluster.kubeconfig, network.name, labels, stack);
  await tagBroadcastImage(cluster, subject, image('valkey'));
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
    openId,
    vault,
    authority,
    ingress,
    judged,
    podImage: (each, judges = request.subject) => prepareForPods(judges, each, making),
    clusterDefaults: {
      valuesFiles: await managedClusterValues(request.subject, 'ground', labels),
      domain: 'meho.example.com',
      trust: authority.certificatePem,
      bringsCertificate: true,
      trustBundle: authority.certificatePem,
      cidrs: {
        postgres: `${postgres.address}/32`,
        vault: `${vault.address}/32`,
        keycloak: `${openId.address}/32`,
      },
      role: undefined,
    },
    share: (file) => writeFoundation(file, foundation, engine),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A locally built image must be on the node before a pod uses it. */
function judgedLocally(subject: SubjectRequest): readonly ResolvedImage[] {
  return subject.image?.local === undefined ? [] : [subject.image.local];
}

/** Names another image if the run's authorities are added as a layer. */
async function subjectForPods(
  subject: SubjectRequest,
  reference: ResolvedImage,
  making: ImagePreparation,
): Promise<SubjectRequest> {
  const local = subject.image === undefined ? reference : subject.image.local;
  if (local === undefined) {
    return subject;
  }
  const ready = await prepareForPods(subject, local, making);
  const gitSha = subject.image?.gitSha ?? referenceBackplane(reference).gitSha;
  return ready === local ? subject : { ...subject, image: { reference: ready.reference, gitSha, local: ready } };
}

function found(images: ReadonlyMap<ImageName, ResolvedImage>, name: ImageName): ResolvedImage {
  const image = images.get(name);
  if (image === undefined) {
    throw new Error(`image ${name} was not asked for`);
  }
  return image;
}
