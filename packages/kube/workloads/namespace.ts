import { leftMs } from '@meho/core/wait/left-ms';
import { holds, notYet, type WaitOptions } from '@meho/core/wait/wait-for';
import type { CallOptions, KubeApi } from '../api/api.ts';
import { isApiTrouble } from '../api/api-trouble.ts';
import { isConflict } from '../api/kube-error.ts';
import { namespaces, pods } from '../api/resource.ts';
import { waitForObjects } from '../watch/wait-for-objects.ts';

/** Creates the namespace, or labels the existing one. */
export async function createNamespace(
  api: KubeApi,
  name: string,
  labels: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<void> {
  await api.apply(namespaces, undefined, name, { metadata: { name, labels } }, options);
}

/**
 * Waits until it is gone, through any server trouble, because leftovers cost more than retries.
 * @param options `uid` spares a successor of the same name @throws WaitError with what the namespace's conditions say
 * is left
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
    // Replaced or already terminating: the wait below tells which.
  }
  await endPods(api, name, meant, { ...signalled, withinMs: leftMs(deadlineMs, started) });
  const scope = { fields: `metadata.name=${name}` };
  await waitForObjects(
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

/** The server starts after 5 s and next looks after half of the longest grace period: this saves some 20 s. */
async function endPods(
  api: KubeApi,
  name: string,
  uid: string | undefined,
  { signal: interrupted, withinMs }: { readonly signal?: AbortSignal; readonly withinMs: number },
): Promise<void> {
  const over = AbortSignal.timeout(withinMs);
  const call = { signal: interrupted === undefined ? over : AbortSignal.any([interrupted, over]) };
  try {
    // Listed before the namespace is checked, so that no successor's pods are among them.
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
    // If the pods can't be deleted, the wait is only longer.
    if (!over.aborted && !isApiTrouble(error)) {
      throw error;
    }
  }
}
