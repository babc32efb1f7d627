import { KubeconfigCluster } from '../cluster/kubeconfig.ts';
import { foreignReleases, productionName } from '../cluster/production.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { namespaces } from '../kube/resource.ts';
import { UsageError } from '../problem.ts';
import { runOf } from '../runs/identity.ts';
import { isDead } from '../runs/remove-runs.ts';
import type { ChosenContext } from './cluster-flags.ts';
import type { CommandContext } from './command.ts';

/** A cluster of others that answers, knows us and may be worked on. Closing it closes connections only. */
export interface OpenedCluster extends AsyncDisposable {
  readonly context: string;
  readonly api: KubeApi;
}

/**
 * Opens the cluster of a context, having looked and touched nothing.
 *
 * @param confirmed what `--yes-this-cluster` says
 * @throws UsageError in one line for credentials, server, or a cluster that looks like production
 */
export async function openCluster(
  { file, context }: ChosenContext,
  confirmed: string | undefined,
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
): Promise<OpenedCluster> {
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
  const { namespaces: found, unseen } = await foreignReleases(api, signal);
  if (unseen !== undefined) {
    progress.note(unseen);
  }
  return found.length === 0 ? undefined : `MEHO is in ${found.join(', ')}, and no run of ours has put it there`;
}

/**
 * The namespace that was asked for must be free, or left by a run that is gone and so about to be removed.
 *
 * @throws UsageError in one line
 */
export async function namespaceIsFree(api: KubeApi, name: string | undefined, signal: AbortSignal): Promise<void> {
  const found = name === undefined ? undefined : await api.find(namespaces, undefined, name, { signal });
  if (found === undefined) {
    return;
  }
  const run = runOf(found.metadata?.labels);
  if (run === undefined) {
    throw new UsageError([`--namespace ${name}: it is there already, and no run of ours has made it; choose another`]);
  }
  if (!(await isDead(run))) {
    throw new UsageError([
      `--namespace ${name}: run ${run.id} of process ${run.owner.pid} on ${run.owner.host} uses it`,
    ]);
  }
}
