import { UsageError } from '@meho/core/problem';
import { runOf } from '@meho/core/runs/identity';
import { isDead } from '@meho/images/engine/runs/remove-runs';
import { KubeApi } from '@meho/kube/api/api';
import { namespaces } from '@meho/kube/api/resource';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { KubeconfigCluster } from '../../clusters/kubeconfig.ts';
import { findUnmanagedReleases, productionName } from '../../clusters/production.ts';
import type { CommandContext } from '../command.ts';
import type { ChosenContext } from './cluster-flags.ts';

/** Disposing of it only closes connections. */
export interface ExistingClusterHandle extends AsyncDisposable {
  readonly context: string;
  readonly api: KubeApi;
}

/**
 * Opens a cluster read-only.
 *
 * @param confirmed `--yes-this-cluster`
 * @throws UsageError in one line for credentials, server, or a cluster that looks like production
 */
export async function openExistingCluster(
  { file, context }: ChosenContext,
  confirmed: string | undefined,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
): Promise<ExistingClusterHandle> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await new KubeconfigCluster({ file, context }).start({ progress, signal, images: [] }));
  const kubeconfig = parseKubeconfig(cluster.kubeconfig, file);
  const api = stack.use(new KubeApi(await accessOf(kubeconfig, context, signal)));
  const suspicion =
    productionName({
      context,
      cluster: kubeconfig.clusters[0]?.name ?? '',
      server: api.access.server.hostname,
    }) ?? (await releasesOfOthers(api, progress, signal));
  if (confirmed !== undefined && confirmed !== context) {
    throw new UsageError([`--yes-this-cluster ${confirmed}: the context is ${context}`]);
  }
  if (suspicion !== undefined && confirmed === undefined) {
    throw new UsageError([
      `context ${context} looks like production: ${suspicion}; if it is meant, add --yes-this-cluster ${context}`,
    ]);
  }
  const resources = stack.move();
  return { context, api, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function releasesOfOthers(
  api: KubeApi,
  progress: CommandContext['progress'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { namespaces: found, unseen } = await findUnmanagedReleases(api, signal);
  if (unseen !== undefined) {
    progress.note(unseen);
  }
  return found.length === 0 ? undefined : `MEHO is in ${found.join(', ')}, and no run of this suite has put it there`;
}

/**
 * A dead run's namespace counts as free: it is about to be removed.
 *
 * @throws UsageError in one line
 */
export async function assertNamespaceIsFree(
  api: KubeApi,
  name: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const found = name === undefined ? undefined : await api.find(namespaces, undefined, name, { signal });
  if (found === undefined) {
    return;
  }
  const run = runOf(found.metadata?.labels);
  if (run === undefined) {
    throw new UsageError([
      `--namespace ${name}: it exists already, and no run of this suite has created it; choose another`,
    ]);
  }
  if (!(await isDead(run))) {
    throw new UsageError([
      `--namespace ${name}: run ${run.id} of process ${run.owner.pid} on ${run.owner.host} uses it`,
    ]);
  }
}
