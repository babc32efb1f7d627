import { aftermath, type Environment, expect, install, type Site } from '../../../harness/test.ts';

/** What a hook's failure promises: nothing that comes after it was made, and the install works once its cause is gone. */
export async function installsOnceMended(
  environment: Environment,
  site: Site,
  signal: AbortSignal,
  mend: () => PromiseLike<unknown> = async () => undefined,
): Promise<void> {
  expect((await aftermath(environment, site, signal)).rolledOut).toEqual([]);
  await mend();
  await install(environment, site, { signal });
}
