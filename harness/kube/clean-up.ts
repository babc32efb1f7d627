import type { CallOptions, KubeApi, MetadataOnly } from './api.ts';
import type { Resource } from './resource.ts';

/** For what takes back something that would stay on somebody's cluster: it is worth a minute of asking again. */
export const untilDone: CallOptions = { persistForMs: 60_000 };

/** Deletes what was created, and no other object that has its name by now. */
export function deleteMade(
  api: KubeApi,
  resource: Resource<unknown>,
  { metadata: { name = '', namespace, uid } = {} }: MetadataOnly,
): Promise<void> {
  return api.delete(resource, namespace, name, uid === undefined ? untilDone : { ...untilDone, uid });
}
