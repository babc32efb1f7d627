import { managedByLabel, managedByValue, type RunIdentity, runOf } from '@meho/core/runs/identity';
import type { KubeApi } from '@meho/kube/api/api';
import { namespaces } from '@meho/kube/api/resource';
import { deleteNamespace } from '@meho/kube/workloads/namespace';

export interface RunNamespace {
  readonly name: string;
  readonly uid: string;
  readonly run: RunIdentity;
}

export interface RemoveNamespaces {
  /** Milliseconds for each namespace. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export function isRunNamespace(labels: Readonly<Record<string, string>> | undefined): boolean {
  return runOf(labels) !== undefined;
}

/** Requires a run's whole label set: managed-by alone isn't enough. */
export async function runNamespaces(api: KubeApi, signal: AbortSignal): Promise<readonly RunNamespace[]> {
  const labels = `${managedByLabel}=${managedByValue}`;
  const { items } = await api.listMetadata(namespaces, { labels }, { signal });
  return items.flatMap(({ metadata: { name, uid, labels: found } = {} }) => {
    const run = runOf(found);
    return name === undefined || uid === undefined || run === undefined ? [] : [{ name, uid, run }];
  });
}

/**
 * Waits until they are gone. Leaves alone a namespace recreated under the same name.
 * @returns those removed
 */
export async function removeNamespaces(
  api: KubeApi,
  isMeant: (run: RunIdentity) => boolean | Promise<boolean>,
  options: RemoveNamespaces,
): Promise<readonly RunNamespace[]> {
  const all = await runNamespaces(api, options.signal);
  const isOne = await Promise.all(all.map(({ run }) => isMeant(run)));
  const meant = all.filter((_, index) => isOne[index] === true);
  await Promise.all(meant.map(({ name, uid }) => deleteNamespace(api, name, { ...options, uid })));
  return meant;
}
