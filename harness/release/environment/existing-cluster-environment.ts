import { readServiceSecrets } from '@meho/core/config';
import { Problem, UsageError } from '@meho/core/problem';
import { createAuthority } from '@meho/core/testing/authority';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { type OwnRole, subjectOf } from '@meho/kube/permissions/own-role';
import { whoAmI } from '@meho/kube/permissions/who-am-i';
import type { StartedIngressController } from '../../clusters/ingress/controller.ts';
import { KubeconfigCluster } from '../../clusters/kubeconfig.ts';
import type { StartedCluster } from '../../clusters/provider.ts';
import { connectExternalServices, startAdjacentServices } from './cluster-services.ts';
import type { Environment, EnvironmentStart } from './environment.ts';
import { chooseIngress } from './existing-ingress.ts';
import { splitReference } from './judged-image.ts';
import { writePrivateKubeconfig } from './kubeconfig-file.ts';
import type { EnvironmentRequest, ExistingCluster, ExistingIngress } from './request.ts';

/** Prepares an existing cluster and creates nothing on it except sites. */
export async function startExistingClusterEnvironment(
  request: EnvironmentRequest,
  existing: ExistingCluster,
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
  const cluster = stack.use(await openExistingCluster(existing, { progress, signal }));
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const authority = await createAuthority();
  const around =
    'network' in existing.services
      ? await startAdjacentServices(existing.services, request, authority, stack, { progress, signal })
      : await connectExternalServices(existing.services, labels, readServiceSecrets());
  const kubeconfigFile = await writePrivateKubeconfig(cluster.kubeconfig, 'existing', labels, stack);
  const { trustBundle, cidrs, ...services } = around;
  const role = existing.bindRole === undefined ? undefined : await ownRole(api, existing.bindRole, signal);
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
    ingress: await theirIngress(existing.ingress, api, { progress, signal }),
    judged: { ...splitReference(subject.image.reference), gitSha: subject.image.gitSha },
    podImage: (image) => Promise.resolve(image),
    clusterDefaults: {
      valuesFiles: [],
      domain: existing.domain,
      trust: existing.ingress.trust ?? authority.certificatePem,
      bringsCertificate: existing.ingress.trust === undefined,
      trustBundle,
      cidrs,
      role,
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Opens it read-only. @throws UsageError in one line */
function openExistingCluster(
  { kubeconfig, context, services }: ExistingCluster,
  { progress, signal }: EnvironmentStart,
): Promise<StartedCluster> {
  const network = 'network' in services ? { network: services.network } : {};
  return new KubeconfigCluster({ file: kubeconfig, context, ...network }).start({ progress, signal, images: [] });
}

async function ownRole(api: KubeApi, clusterRole: string, signal: AbortSignal): Promise<OwnRole> {
  return { clusterRole, subject: subjectOf(await whoAmI(api, signal)) };
}

/** Never changes or removes the controller. */
async function theirIngress(
  { address, ...named }: ExistingIngress,
  api: KubeApi,
  { progress, signal }: EnvironmentStart,
): Promise<StartedIngressController> {
  const { className, namespace, said } = await chooseIngress(api, named, signal);
  if (said !== undefined) {
    progress.note(said);
  }
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
