import type { FailedInstall } from '../../harness/test.ts';

/** What was named, the likeliest root first. */
export function causeIds({ causes }: FailedInstall): readonly string[] {
  return causes.map(({ id }) => id);
}
