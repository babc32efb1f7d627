import { holds, notYet, type WaitOptions } from '../wait/wait-for.ts';
import type { CallOptions, KubeApi } from './api.ts';
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
 * @throws WaitError with what the namespace's own conditions say is still there
 */
export async function deleteNamespace(api: KubeApi, name: string, options: WaitOptions): Promise<void> {
  await api.delete(namespaces, undefined, name, options.signal === undefined ? {} : { signal: options.signal });
  const scope = { fields: `metadata.name=${name}` };
  await untilObjects(
    api,
    `namespace ${name} to be gone`,
    namespaces,
    scope,
    ([found]) => {
      if (found === undefined) {
        return holds(undefined);
      }
      const left = found.status?.conditions?.filter(({ status }) => status === 'True') ?? [];
      return notYet(left.length === 0 ? 'it is still terminating' : left.map(({ message }) => message).join('; '));
    },
    options,
  );
}
