import { holds, never, notYet, type Observation, type WaitOptions } from '@meho/core/wait/wait-for';
import type { KubeApi, Scope } from '../api/api.ts';
import { type Deployment, deployments } from '../api/resource.ts';
import { waitForObjects } from '../watch/wait-for-objects.ts';

export interface Rollout {
  readonly name: string;
  readonly replicas: number;
  readonly image: string;
}

/**
 * Waits for the newest spec only, with all replicas ready and Available.
 * @throws KubeError or TransportError if the first look fails; else WaitError
 */
export function waitForRollout(api: KubeApi, scope: Scope, options: WaitOptions): Promise<readonly Rollout[]> {
  return waitForObjects(api, 'the rollout to be complete', deployments, scope, rolloutState, options);
}

/** Gives up at once if there are no Deployments. */
export function rolloutState(found: readonly Deployment[]): Observation<readonly Rollout[]> {
  if (found.length === 0) {
    return never('no Deployment');
  }
  for (const deployment of found) {
    const state = stateOf(deployment);
    if (state !== undefined) {
      return state;
    }
  }
  return holds(
    found.map(({ metadata, spec }) => ({
      name: metadata?.name ?? '',
      replicas: spec?.replicas ?? 1,
      image: spec?.template.spec?.containers[0]?.image ?? '',
    })),
  );
}

function stateOf({ metadata, spec, status }: Deployment): Observation<never> | undefined {
  const name = metadata?.name ?? '';
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status ?? {};
  const condition = (type: string) => status?.conditions?.find((candidate) => candidate.type === type);
  // Deleted in the foreground, it serves until its pods are gone, and nothing brings it back.
  if (metadata?.deletionTimestamp !== undefined) {
    return notYet(`Deployment ${name} is being deleted`);
  }
  if (wanted === 0) {
    return never(`Deployment ${name} is scaled to 0`);
  }
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) {
    return notYet(`Deployment ${name}: its newest spec is not observed yet`);
  }
  const counts = `${updatedReplicas} of ${wanted} updated, ${readyReplicas} of ${replicas} ready`;
  const progressing = condition('Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return never(`Deployment ${name}: ${counts}, its progress deadline is exceeded`);
  }
  if (spec?.paused === true && replicas > updatedReplicas) {
    return never(`Deployment ${name} is paused in the midst of a rollout: ${counts}`);
  }
  const refused = condition('ReplicaFailure');
  if (refused?.status === 'True') {
    return notYet(`Deployment ${name}: ${counts}, pods are refused: ${refused.message ?? refused.reason}`);
  }
  if (updatedReplicas < wanted || replicas !== wanted || readyReplicas !== replicas || availableReplicas < wanted) {
    const paused = spec?.paused === true ? ', and it is paused' : '';
    return notYet(`Deployment ${name}: ${counts}, ${availableReplicas} available${paused}`);
  }
  return condition('Available')?.status === 'True' ? undefined : notYet(`Deployment ${name}: ${counts}, not Available`);
}
