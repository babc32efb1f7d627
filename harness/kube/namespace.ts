import { holds, notYet, type WaitOptions } from '../wait/wait-for.ts';
import type { CallOptions, KubeApi } from './api.ts';
import { KubeError } from './kube-error.ts';
import { namespaces } from './resource.ts';
import { untilObjects } from './until.ts';

/** Creates a namespace, or labels the one of that name that is there. */
export async function createNamespace(
  api: KubeApi,
  name: string,
  labels: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<void> {
  await api.apply(namespaces, undefined, name, { metadata: { name, labels } }, options);
}

/**
 * Deletes a namespace and waits until it is gone with everything in it.
 *
 * @param options with `uid`, only that very namespace: one of the same name that came after it is left alone
 * @throws WaitError with what the namespace's own conditions say is still there
 */
export async function deleteNamespace(
  api: KubeApi,
  name: string,
  { uid, ...options }: WaitOptions & { readonly uid?: string },
): Promise<void> {
  const call = options.signal === undefined ? {} : { signal: options.signal };
  try {
    await api.delete(namespaces, undefined, name, uid === undefined ? call : { ...call, uid });
  } catch (error) {
    if (uid === undefined || !(error instanceof KubeError) || error.status !== 409) {
      throw error;
    }
    // Another one has the name by now, or this one is being deleted: the wait below tells them apart.
  }
  const scope = { fields: `metadata.name=${name}` };
  await untilObjects(
    api,
    `namespace ${name} to be gone`,
    namespaces,
    scope,
    ([found]) => {
      if (found === undefined || (uid !== undefined && found.metadata?.uid !== uid)) {
        return holds(undefined);
      }
      const left = found.status?.conditions?.filter(({ status }) => status === 'True') ?? [];
      return notYet(left.length === 0 ? 'it is still terminating' : left.map(({ message }) => message).join('; '));
    },
    options,
  );
}
