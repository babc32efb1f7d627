import { history } from '@meho/helm/history';
import type { Environment } from '../environment/environment.ts';
import { ownSubject } from '../environment/request.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

/**
 * Hooks that `helm uninstall` leaves, as `Kind/name`: without a deletion policy on success they aren't part of the
 * release. Charts in the field have some; ours promises to leave nothing.
 */
export async function remainingHooks(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { chart, release } = request.subject;
  if (chart === ownSubject.chart) {
    return [];
  }
  const revisions = await history(api, namespace, release, { signal });
  return (revisions.at(-1)?.hooks ?? [])
    .filter(({ deletePolicies }) => !deletePolicies.includes('hook-succeeded'))
    .map(({ kind, name }) => `${kind}/${name}`);
}

/** Also matches pods of a hook Job. */
export function belongsToHook(object: string, hooks: readonly string[]): boolean {
  return hooks.some(
    (hook) => object === hook || (hook.startsWith('Job/') && object.startsWith(`Pod/${hook.slice('Job/'.length)}-`)),
  );
}
