import { access } from '../install/access.ts';
import type { Fault } from '../story.ts';

/** Who asks after a rollback is told other things to be red than after an install. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'cluster-refused': ['deployment-available'],
  'cluster-secrets-forbidden': ['rolled-back'],
  'other-release': ['deployment-available'],
};

/** How the cluster is looked at: an install's faults, with what they come to here. */
export const looks: readonly Fault[] = access.flatMap((fault) => {
  const expectRed = expected[fault.id];
  return expectRed === undefined ? [] : [{ ...fault, expectRed }];
});
