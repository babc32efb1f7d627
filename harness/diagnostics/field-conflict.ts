import { type FieldConflict, fieldConflictsIn, tellConflict } from '../helm/field-conflicts.ts';
import { history } from '../helm/history.ts';
import { majorOf } from '../helm/program.ts';
import { wayBack } from '../helm/way-back.ts';
import type { KubeApi } from '../kube/api.ts';
import { messageOf } from '../problem.ts';
import { CommandError } from '../process/run.ts';
import type { Cause } from './cause.ts';
import type { ReleaseAtHand } from './pending-release.ts';
import { redactor } from './redact.ts';

/**
 * Helm 4 has the server apply what it has installed itself, and that changes no field which somebody else has set since: the
 * upgrade fails, with everything else applied. A cause for each object, with who has set what, and the command that goes back.
 *
 * @param error what helm said
 */
export async function fieldConflict(
  api: KubeApi,
  { namespace, release, helm }: ReleaseAtHand,
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  const conflicts = fieldConflictsIn(error instanceof CommandError ? error.stderr : messageOf(error));
  if (conflicts.length === 0) {
    return [];
  }
  const back = wayBack(await history(api, namespace, release, { signal }), majorOf(helm));
  const command =
    back.revision === undefined
      ? undefined
      : `helm rollback ${release} ${back.revision} --namespace ${namespace} ${back.flags}`;
  const redact = redactor();
  return Map.groupBy(conflicts, ({ kind, name }) => `${kind} ${name}`)
    .entries()
    .map(
      ([object, ofObject]): Cause => ({
        id: 'field-conflict',
        object,
        expected:
          'what the chart renders to be set by Helm alone: the server applies this release, and changes no field of others',
        observed: redact(`${ofObject.map(tellConflict).join(', ')}; what else the upgrade changes is applied`),
        next: [
          command === undefined ? back.none : `to go back: ${command}`,
          'to take the fields over: the same helm upgrade with --force-conflicts',
          ...ofObject.filter(isReplicas).slice(0, 1).map(leaveOut),
        ].join('; '),
        graceMs: 0,
        ...(command === undefined ? {} : { command }),
      }),
    )
    .toArray();
}

function isReplicas({ kind, field }: FieldConflict): boolean {
  return kind === 'Deployment' && field === '.spec.replicas';
}

function leaveOut(): string {
  return 'where an autoscaler owns the number, have the chart leave it out: ours does with replicaCount: null';
}
