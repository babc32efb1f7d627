import { type Subject, selectorOf } from '@meho/helm/subject';
import type { Check } from '../check.ts';
import { trueMembers } from '../judging/true-members.ts';

/** Contract, smoke leg 5. */
export function migrated(subject: Subject): Check<'https' | 'token'> {
  return trueMembers({
    id: 'migrated',
    title: 'The backplane sees a migrated database',
    members: [['db', 'migrated']],
    hint: () => `kubectl -n ${subject.namespace} get job -l ${selectorOf(subject, 'migrate')}`,
  });
}
