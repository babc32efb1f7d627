import type { Authority } from '@meho/core/testing/authority';
import type { Engine } from '@meho/images/engine/engine';
import type { ResolvedImage } from '@meho/images/image';
import { trustingImage } from '@meho/images/trusting-image';
import type { StartedCluster } from '../../clusters/provider.ts';
import type { EnvironmentRequest, SubjectRequest } from './request.ts';

export interface ImagePreparation {
  readonly engine: Engine;
  readonly labels: EnvironmentRequest['labels'];
  readonly authority: Authority;
  readonly signal: AbortSignal;
}

/** Adds a layer of authorities if the chart can't mount them. */
export function prepareForPods(
  { fit }: SubjectRequest,
  image: ResolvedImage,
  { engine, labels, authority, signal }: ImagePreparation,
): Promise<ResolvedImage> {
  return fit?.trust === 'image'
    ? trustingImage(image, { engine, labels, certificates: authority.certificatePem, signal })
    : Promise.resolve(image);
}

/** Tags the run's Valkey with the chart's name for it, if no value overrides that. */
export async function tagBroadcastImage(
  cluster: StartedCluster,
  { fit }: SubjectRequest,
  valkey: ResolvedImage,
): Promise<void> {
  for (const reference of fit?.broadcastImages ?? []) {
    await cluster.nameImage?.(valkey, reference);
  }
}
