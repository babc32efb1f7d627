import type { FailedInstall } from '@meho/harness/test';

export function causeIds({ causes }: FailedInstall): readonly string[] {
  return causes.map(({ id }) => id);
}
