import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { HelmRelease } from '@meho/helm/release';
import type { ResolvedImage } from '@meho/images/image';
import { realDependencies } from '@meho/images/testing/real-dependencies';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { KubeApi } from '@meho/kube/api/api';
import { namespaces } from '@meho/kube/api/resource';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { K3sCluster } from '../clusters/k3s.ts';

export interface RealCluster extends AsyncDisposable {
  readonly api: KubeApi;
  readonly kubeconfigFile: string;
  /** Loaded on the node. */
  readonly agnhost: ResolvedImage;
  /** Goes with the cluster. */
  namespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  release(namespace: string, release: string): HelmRelease;
}

export async function realCluster(): Promise<RealCluster> {
  const things = await realDependencies('node', 'agnhost');
  const { progress, signal, labels, cacheFolder } = things;
  const helm = await ensureTool('helm', { progress, signal, cacheFolder, searchPath: readSettings().path });
  await using stack = new AsyncDisposableStack();
  const agnhost = things.image('agnhost');
  const provider = new K3sCluster({ ...things, labels, node: things.image('node'), agnhost });
  const cluster = stack.use(await provider.start({ progress, signal, images: [agnhost] }));
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const folder = await mkdtemp(path.join(tmpdir(), 'real-cluster-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const kubeconfigFile = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, cluster.kubeconfig, { mode: 0o600 });
  const owned = stack.move();
  return {
    api,
    kubeconfigFile,
    agnhost,
    namespace: async (more = {}) => {
      const name = `spec-${randomBytes(3).toString('hex')}`;
      await api.create(namespaces, undefined, { metadata: { name, labels: { ...labels, ...more } } });
      return name;
    },
    release: (namespace, release) => new HelmRelease({ helm: helm.path, kubeconfigFile, namespace, release }, { api }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
