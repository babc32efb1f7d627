import { history } from '../helm/history.ts';
import type { Environment } from './environment.ts';
import { ownSubject } from './request.ts';
import type { Site } from './site.ts';

/**
 * What of an installed release `helm uninstall` leaves by Helm's own rule, as `Kind/name`: hooks that no policy removes
 * once they succeeded are no part of the release. Charts in the field have such; ours promises to leave nothing at all.
 */
export async function hooksThatStay(
  { api, request }: Environment,
  { namespace }: Site,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { chart, release } = request.subject;
  if (chart === ownSubject.chart) {
    return [];
  }
  const revisions = await history(api, namespace, release, { signal });
  return (revisions.at(-1)?.hooks ?? [])
    .filter(({ definition }) => !policiesOf(definition).includes('hook-succeeded'))
    .map(({ kind, name }) => `${kind}/${name}`);
}

/** Whether an object of the namespace is one of them, or a pod of a Job that is. */
export function isOfHook(object: string, hooks: readonly string[]): boolean {
  return hooks.some(
    (hook) => object === hook || (hook.startsWith('Job/') && object.startsWith(`Pod/${hook.slice('Job/'.length)}-`)),
  );
}

function policiesOf(definition: unknown): readonly string[] {
  return (definition as { readonly delete_policies?: readonly string[] | null }).delete_policies ?? [];
}
