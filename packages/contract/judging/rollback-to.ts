import type { Revision } from '@meho/helm/record';
import type { Origin } from '@meho/helm/rollback-of';
import type { Verdict } from '../check.ts';

export const ROLLED_BACK = 'at least 2 revisions, the last one deployed by a rollback';

export function rollbackTo(
  { revision, status }: Revision,
  { target, by }: Origin & { readonly kind: 'rollback' },
): Verdict {
  const how = by === 'word' ? 'as Helm wrote down' : 'as a copy of it, its hooks with the times at which they ran';
  return { outcome: 'holds', observed: `revision ${revision} is ${status}, rolled back to revision ${target}, ${how}` };
}
