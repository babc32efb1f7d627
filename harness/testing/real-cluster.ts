import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { K3sCluster } from '../cluster/k3s.ts';
import { readSettings } from '../config.ts';
import { HelmRelease } from '../helm/release.ts';
import type { ResolvedImage } from '../images/image.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { namespaces } from '../kube/resource.ts';
import { realThings } from './real-things.ts';

/** A cluster for specs of the rooms that talk to one. */
export interface RealCluster extends AsyncDisposable {
  readonly api: KubeApi;
  readonly kubeconfigFile: string;
  /** On the node already. */
  readonly agnhost: ResolvedImage;
  /** A fresh namespace; goes with the cluster. */
  namespace(labels?: Readonly<Record<string, string>>): Promise<string>;
  release(namespace: string, release: string): HelmRelease;
}

export async function realCluster(): Promise<RealCluster> {
  const things = await realThings('node', 'agnhost');
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
    release: (namespace, release) => new HelmRelease({ helm: helm.path, kubeconfigFile, namespace, release }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
