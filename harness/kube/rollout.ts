import { holds, never, notYet, type Observation, type WaitOptions } from '../wait/wait-for.ts';
import type { KubeApi, Scope } from './api.ts';
import { type Deployment, deployments } from './resource.ts';
import { untilObjects } from './until.ts';

export interface Rollout {
  readonly name: string;
  readonly replicas: number;
  readonly image: string;
}

/**
 * Waits until every Deployment in the scope has rolled out: the newest spec is observed, all replicas are of it, none
 * of an earlier one is left, all are ready, and the condition Available is True.
 *
 * @throws KubeError or TransportError when the first look fails; WaitError otherwise
 */
export function waitForRollout(api: KubeApi, scope: Scope, options: WaitOptions): Promise<readonly Rollout[]> {
  return untilObjects(api, 'the rollout to be complete', deployments, scope, rolloutState, options);
}

/** What a set of Deployments is still short of. No Deployment at all can't become one by waiting. */
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
  // Nothing more of the new spec comes until somebody resumes it.
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
