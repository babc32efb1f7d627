import { recordsOfOtherDriver } from '@meho/helm/other-driver';
import { recordKindOf } from '@meho/helm/storage';
import { selectorOf } from '@meho/helm/subject';
import { deployments } from '@meho/kube/api/resource';
import type { Verdict } from '../check.ts';
import type { ClusterView } from './cluster-view.ts';

/**
 * A chart applied without helm leaves no record: unknown, as is one whose records another HELM_DRIVER keeps. A missing
 * release is a failure.
 */
export async function noRecordVerdict(
  { api, namespace, release }: ClusterView,
  expected: string,
  signal: AbortSignal,
): Promise<Verdict> {
  const { items } = await api.listMetadata(
    deployments,
    { namespace, labels: selectorOf({ namespace, release }) },
    { signal },
  );
  const where = `no Helm release ${release} in the ${recordKindOf()}s of namespace ${namespace}`;
  const hint = 'look for it: helm list --all-namespaces; HELM_DRIVER says where helm keeps its records';
  const other = await recordsOfOtherDriver(api, { namespace, release }, { signal });
  if (other !== undefined) {
    return {
      outcome: 'unknown',
      seen: true,
      expected,
      observed: `${where}, and records of it in ${other.kind}s, where a helm with HELM_DRIVER=${other.driver} keeps them`,
      hint: `say which helm is meant, and run this again: export HELM_DRIVER=${other.driver}`,
    };
  }
  const names = items.map(({ metadata }) => metadata?.name).join(', ');
  return names === ''
    ? {
        outcome: 'violated',
        expected,
        observed: `${where}, and no Deployment`,
        hint,
        severity: 'failure',
        isAbsence: true,
      }
    : {
        outcome: 'unknown',
        seen: true,
        expected,
        observed: `Deployment ${names} is there, but ${where}: what is applied without helm, as Argo CD does, leaves no record to read this from`,
        hint,
      };
}
