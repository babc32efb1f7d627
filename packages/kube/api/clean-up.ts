import type { CallOptions, KubeApi, MetadataOnly } from './api.ts';
import type { Resource } from './resource.ts';

/** A leftover on an existing cluster is worth a minute of retries. */
export const persistentCall: CallOptions = { persistForMs: 60_000 };

/** Spares a successor of the same name. */
export function deleteCreated(
  api: KubeApi,
  resource: Resource<unknown>,
  { metadata: { name = '', namespace, uid } = {} }: MetadataOnly,
): Promise<void> {
  return api.delete(resource, namespace, name, uid === undefined ? persistentCall : { ...persistentCall, uid });
}
