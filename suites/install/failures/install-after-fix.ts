import { type Environment, expect, type InstallTarget, install, readFailedInstallState } from '@meho/harness/test';

/** Expects that nothing after the failed hook exists and that the mended install works. */
export async function expectInstallAfterFix(
  environment: Environment,
  target: InstallTarget,
  signal: AbortSignal,
  mend: () => PromiseLike<unknown> = async () => undefined,
): Promise<void> {
  expect((await readFailedInstallState(environment, target, signal)).rolledOut).toEqual([]);
  await mend();
  await install(environment, target, { signal });
}
