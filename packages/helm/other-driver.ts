import { readHelmDriver } from '@meho/core/config';
import type { KubeApi } from '@meho/kube/api/api';
import { instantOf } from './instant.ts';
import { type RecordKind, type RecordScope, recordKindOf, recordLabels, type StorageOptions } from './storage.ts';

export interface OtherRecords {
  readonly kind: RecordKind;
  /** What HELM_DRIVER has to say for helm to see them. */
  readonly driver: string;
  /** Of the newest, by the API server's clock. */
  readonly createdAt: bigint | undefined;
}

/**
 * Records of the same release that a helm with another HELM_DRIVER keeps, and that ours doesn't see.
 *
 * @returns undefined if there is none, or the API server doesn't let us look
 */
export async function recordsOfOtherDriver(
  api: KubeApi,
  scope: RecordScope,
  { driver: own = readHelmDriver(), signal }: StorageOptions,
): Promise<OtherRecords | undefined> {
  const [kind, driver] =
    recordKindOf(own) === 'Secret' ? (['ConfigMap', 'configmap'] as const) : (['Secret', 'secret'] as const);
  try {
    const found = await recordLabels(api, scope, { driver, ...(signal && { signal }) });
    const times = found.flatMap(({ metadata }) => instantOf(metadata?.creationTimestamp) ?? []);
    const createdAt = times.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
    return found.length === 0 ? undefined : { kind, driver, createdAt };
  } catch {
    signal?.throwIfAborted();
    // Only a hint is lost: what was asked first stands.
    return undefined;
  }
}
