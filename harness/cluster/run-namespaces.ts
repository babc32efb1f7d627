import type { KubeApi } from '../kube/api.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { namespaces } from '../kube/resource.ts';
import { managedByLabel, managedByValue, type RunIdentity, runOf } from '../runs/identity.ts';

/** A namespace that a run has made on a cluster. */
export interface RunNamespace {
  readonly name: string;
  readonly uid: string;
  readonly run: RunIdentity;
}

export interface RemoveNamespaces {
  /** For each of them, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Whether a namespace with these labels was made by a run of ours, dead or alive. */
export function isOurs(labels: Readonly<Record<string, string>> | undefined): boolean {
  return runOf(labels) !== undefined;
}

/** Every namespace with the whole label set of a run: managed-by alone makes none ours. */
export async function runNamespaces(api: KubeApi, signal: AbortSignal): Promise<readonly RunNamespace[]> {
  const labels = `${managedByLabel}=${managedByValue}`;
  const { items } = await api.listMetadata(namespaces, { labels }, { signal });
  return items.flatMap(({ metadata: { name, uid, labels: found } = {} }) => {
    const run = runOf(found);
    return name === undefined || uid === undefined || run === undefined ? [] : [{ name, uid, run }];
  });
}

/**
 * Removes the namespaces of runs that are meant and waits until they are gone. One of the same name that was made anew in
 * between is left alone.
 *
 * @returns those that were removed
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
