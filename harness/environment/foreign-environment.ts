import { KubeconfigCluster } from '../cluster/kubeconfig.ts';
import type { StartedCluster } from '../cluster/provider.ts';
import { readServiceSecrets } from '../config.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { createAuthority } from '../ingress/authority.ts';
import type { StartedIngressController } from '../ingress/controller.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { findIngress } from '../kube/ingress-class.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { type OwnRole, subjectOf } from '../kube/own-role.ts';
import { whoAmI } from '../kube/who-am-i.ts';
import { Problem, UsageError } from '../problem.ts';
import type { Environment, EnvironmentStart } from './environment.ts';
import { givenAround, servicesBeside } from './foreign-services.ts';
import { splitReference } from './judged-image.ts';
import { keepPrivately } from './kubeconfig-file.ts';
import type { EnvironmentRequest, ForeignCluster, ForeignIngress } from './request.ts';

/**
 * Makes a cluster ready that isn't ours: nothing is created on it but sites, by whoever asks for one. Services are started
 * beside it, or are where somebody says.
 *
 * @throws Problem naming what didn't come up; nothing is left behind then
 */
export async function startForeignEnvironment(
  request: EnvironmentRequest,
  foreign: ForeignCluster,
  { progress, signal }: EnvironmentStart,
): Promise<Environment> {
  const { settings, labels, subject } = request;
  const { cacheFolder, path: searchPath } = settings;
  if (subject.image === undefined) {
    throw new UsageError(['--image: a cluster that is not ours needs an image that its nodes can have']);
  }
  const tool = (name: 'helm' | 'kubectl') => ensureTool(name, { progress, signal, cacheFolder, searchPath });
  const [helm, kubectl] = [await tool('helm'), await tool('kubectl')];
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await openForeign(foreign, { progress, signal }));
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const authority = await createAuthority();
  const around =
    'network' in foreign.services
      ? await servicesBeside(foreign.services, request, authority, stack, { progress, signal })
      : await givenAround(foreign.services, labels, readServiceSecrets());
  const kubeconfigFile = await keepPrivately(cluster.kubeconfig, 'foreign', labels, stack);
  const { trustBundle, cidrs, ...services } = around;
  const role = foreign.bindRole === undefined ? undefined : await ownRole(api, foreign.bindRole, signal);
  const resources = stack.move();
  return {
    request,
    ...services,
    helm: helm.path,
    kubectl: kubectl.path,
    cluster,
    api,
    kubeconfigFile,
    authority,
    ingress: await theirIngress(foreign.ingress, api, { progress, signal }),
    judged: { ...splitReference(subject.image.reference), gitSha: subject.image.gitSha },
    podImage: (image) => Promise.resolve(image),
    ground: {
      valuesFiles: [],
      domain: foreign.domain,
      trust: foreign.ingress.trust ?? authority.certificatePem,
      bringsCertificate: foreign.ingress.trust === undefined,
      trustBundle,
      cidrs,
      role,
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** The cluster of a request, looked at and not touched. @throws UsageError in one line */
function openForeign(
  { kubeconfig, context, services }: ForeignCluster,
  { progress, signal }: EnvironmentStart,
): Promise<StartedCluster> {
  const network = 'network' in services ? { network: services.network } : {};
  return new KubeconfigCluster({ file: kubeconfig, context, ...network }).start({ progress, signal, images: [] });
}

async function ownRole(api: KubeApi, clusterRole: string, signal: AbortSignal): Promise<OwnRole> {
  return { clusterRole, subject: subjectOf(await whoAmI(api, signal)) };
}

/** What is theirs is neither changed nor removed: the class and the namespace that nobody named are what the cluster has. */
async function theirIngress(
  { className: named, namespace: where, address }: ForeignIngress,
  api: KubeApi,
  { progress, signal }: EnvironmentStart,
): Promise<StartedIngressController> {
  const found = await findIngress(api, { className: named, signal });
  if (named === undefined || where === undefined) {
    progress.note(found.said);
  }
  const [className = '', namespace = ''] = [named ?? found.className, where ?? found.namespace];
  return {
    className,
    namespace,
    address,
    log: () =>
      Promise.reject(
        new Problem({
          expected: "the ingress controller's log",
          observed: "the controller is the cluster's, and its log may be about others",
          next: 'ask who runs the cluster',
        }),
      ),
    stop: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
