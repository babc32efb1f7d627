import type { Fault } from '../fault.ts';
import { access } from '../install/access.ts';

/** Other checks fail than after an install. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'cluster-refused': ['deployment-available'],
  'cluster-secrets-forbidden': ['rolled-back'],
  'other-release': ['deployment-available'],
};

export const looks: readonly Fault[] = access.flatMap((fault) => {
  const expectRed = expected[fault.id];
  return expectRed === undefined ? [] : [{ ...fault, expectRed }];
});
