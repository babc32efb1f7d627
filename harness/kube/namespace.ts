import { leftMs } from '../wait/left-ms.ts';
import { holds, notYet, type WaitOptions } from '../wait/wait-for.ts';
import type { CallOptions, KubeApi } from './api.ts';
import { isApiTrouble } from './api-trouble.ts';
import { isConflict } from './kube-error.ts';
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
 * Deletes a namespace and waits until it is gone with everything in it. What would be left behind costs more than a few
 * questions more: it goes on for as long as the deadline allows, whatever trouble the server has meanwhile.
 *
 * @param options with `uid`, only that very namespace, otherwise the one that is there now: one of the same name that
 *   came after it is left alone
 * @throws WaitError with what the namespace's own conditions say is still there
 */
export async function deleteNamespace(
  api: KubeApi,
  name: string,
  { uid, deadlineMs, ...options }: WaitOptions & { readonly uid?: string },
): Promise<void> {
  const started = performance.now();
  const signalled = options.signal === undefined ? {} : { signal: options.signal };
  const persistently = () => ({ ...signalled, persistForMs: leftMs(deadlineMs, started) });
  const found = uid === undefined ? await api.find(namespaces, undefined, name, persistently()) : undefined;
  const meant = uid ?? found?.metadata?.uid;
  if (uid === undefined && found === undefined) {
    return;
  }
  try {
    await api.delete(namespaces, undefined, name, {
      ...persistently(),
      ...(meant === undefined ? {} : { uid: meant }),
    });
  } catch (error) {
    if (!isConflict(error)) {
      throw error;
    }
    // Another one has the name by now, or this one is being deleted: the wait below tells them apart.
  }
  await endPods(api, name, meant, { ...signalled, withinMs: leftMs(deadlineMs, started) });
  const scope = { fields: `metadata.name=${name}` };
  await untilObjects(
    api,
    `namespace ${name} to be gone`,
    namespaces,
    scope,
    ([there]) => {
      if (there === undefined || (meant !== undefined && there.metadata?.uid !== meant)) {
        return holds(undefined);
      }
      const left = there.status?.conditions?.filter(({ status }) => status === 'True') ?? [];
      return notYet(left.length === 0 ? 'it is still terminating' : left.map(({ message }) => message).join('; '));
    },
    { ...options, deadlineMs: leftMs(deadlineMs, started), isFirstLookPatient: true },
  );
}

/**
 * Tells the pods of a namespace on its way out to end. The server begins with that 5 s after the deletion, and looks
 * again only when half of the pods' longest grace period is over: pods that have ended by then save some 20 s.
 */
async function endPods(
  api: KubeApi,
  name: string,
  uid: string | undefined,
  { signal: interrupted, withinMs }: { readonly signal?: AbortSignal; readonly withinMs: number },
): Promise<void> {
  const over = AbortSignal.timeout(withinMs);
  const call = { signal: interrupted === undefined ? over : AbortSignal.any([interrupted, over]) };
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
    interrupted?.throwIfAborted();
    // Whoever may not do it, or comes late, only waits longer: the namespace goes all the same.
    if (!over.aborted && !isApiTrouble(error)) {
      throw error;
    }
  }
}
