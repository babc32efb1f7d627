import type { StartedCluster } from '../cluster/provider.ts';
import type { Engine } from '../engine/engine.ts';
import type { ResolvedImage } from '../images/image.ts';
import { trustingImage } from '../images/trusting-image.ts';
import type { Authority } from '../ingress/authority.ts';
import type { EnvironmentRequest, SubjectRequest } from './request.ts';

/** Where an image for pods is made ready. */
export interface MakingReady {
  readonly engine: Engine;
  readonly labels: EnvironmentRequest['labels'];
  readonly authority: Authority;
  readonly signal: AbortSignal;
}

/** An image that is judged, as pods run it: with the run's authorities in a layer where the chart has no place for them. */
export function readyForPods(
  { fit }: SubjectRequest,
  image: ResolvedImage,
  { engine, labels, authority, signal }: MakingReady,
): Promise<ResolvedImage> {
  return fit?.trust === 'image'
    ? trustingImage(image, { engine, labels, certificates: authority.certificatePem, signal })
    : Promise.resolve(image);
}

/** The run's own Valkey under the names that the chart has for it, where no value of the chart says another. */
export async function nameBroadcast(
  cluster: StartedCluster,
  { fit }: SubjectRequest,
  valkey: ResolvedImage,
): Promise<void> {
  for (const reference of fit?.broadcastImages ?? []) {
    await cluster.nameImage?.(valkey, reference);
  }
}
