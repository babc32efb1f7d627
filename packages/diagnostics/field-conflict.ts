import { messageOf } from '@meho/core/problem';
import { CommandError } from '@meho/core/process/run';
import { redactor } from '@meho/core/redaction/redact';
import { describeConflict, type FieldConflict, fieldConflictsIn } from '@meho/helm/field-conflicts';
import { history } from '@meho/helm/history';
import { majorOf } from '@meho/helm/program';
import { rollbackTarget } from '@meho/helm/rollback-target';
import type { KubeApi } from '@meho/kube/api/api';
import type { Cause } from './cause.ts';
import type { ReleaseTarget } from './pending-release.ts';

/**
 * Helm 4 applies its own installs server-side, which changes no field that others have set: the upgrade fails with
 * everything else applied. Returns a cause per object, with each field's owner and the command that rolls back.
 *
 * @param error what helm said
 */
export async function fieldConflict(
  api: KubeApi,
  { namespace, release, helm }: ReleaseTarget,
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  const conflicts = fieldConflictsIn(error instanceof CommandError ? error.stderr : messageOf(error));
  if (conflicts.length === 0) {
    return [];
  }
  const back = rollbackTarget(await history(api, namespace, release, { signal }), majorOf(helm));
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
          'what the chart renders to be set by Helm alone: the server applies this release, and changes no field that another manager owns',
        observed: redact(`${ofObject.map(describeConflict).join(', ')}; what else the upgrade changes is applied`),
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
