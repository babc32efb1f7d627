import type { CommandResult } from '@meho/core/process/run';
import type { Environment } from '../environment/environment.ts';
import { runVerifier } from './run-verifier.ts';

/** Runs `meho-acceptance login` with piped output and opens its link as a person would. */
export async function runLogin(
  environment: Environment,
  confirm: (verificationUri: string) => Promise<void>,
  more: readonly string[] = [],
): Promise<CommandResult> {
  const { issuer, clientId, reach } = environment.openId;
  const { promise: link, resolve } = Promise.withResolvers<string | undefined>();
  const ending = runVerifier(environment, {
    name: 'login',
    flags: { issuer, 'client-id': clientId, 'connect-to': `${reach.connectTo.host}:${reach.connectTo.port}` },
    more,
    onLine: (line) => {
      const found = /https:\/\/\S+/.exec(line)?.[0];
      if (found !== undefined) {
        resolve(found);
      }
    },
  }).finally(() => resolve(undefined));
  const person = link.then((found) => (found === undefined ? undefined : confirm(found)));
  const [finished] = await Promise.all([ending, person]);
  return finished;
}
