import { holds, notYet, type WaitOptions } from '../wait/wait-for.ts';
import type { CallOptions, KubeApi } from './api.ts';
import { KubeError } from './kube-error.ts';
import { namespaces, pods } from './resource.ts';
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
  await endPods(api, name, uid, call);
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

/**
 * Tells the pods of a namespace on its way out to end. The server begins with that 5 s after the deletion, and looks
 * again only when half of the pods' longest grace period is over: pods that have ended by then save some 20 s.
 */
async function endPods(api: KubeApi, name: string, uid: string | undefined, call: CallOptions): Promise<void> {
  try {
    // Listed before it is seen that the namespace is still the one that goes: nobody else's pods can be among them.
    const { items } = await api.listMetadata(pods, { namespace: name }, call);
    const found = (await api.find(namespaces, undefined, name, call))?.metadata;
    if (found?.deletionTimestamp === undefined || (uid !== undefined && found.uid !== uid)) {
      return;
    }
    await Promise.all(
      items.flatMap(({ metadata }) =>
        metadata?.name === undefined || metadata.uid === undefined
          ? []
          : [api.delete(pods, name, metadata.name, { ...call, uid: metadata.uid })],
      ),
    );
  } catch (error) {
    // Whoever may not do it, or comes late, only waits longer: the namespace goes all the same.
    if (!(error instanceof KubeError && [403, 409].includes(error.status))) {
      throw error;
    }
  }
}
