import type { Finished } from '../process/run.ts';
import type { Environment } from './environment.ts';
import { runVerifier } from './run-verifier.ts';
import type { Site } from './site.ts';
import { whereabouts } from './whereabouts.ts';

/**
 * Runs `meho-acceptance rollback-verify` as its users do, with the judged image as N.
 *
 * @param columns of `audit_log` that must have stayed
 * @param more further flags of the verifier
 */
export function runRollbackVerify(
  environment: Environment,
  site: Site,
  columns: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return runVerifier(environment, {
    name: 'rollback-verify',
    flags: {
      host: site.host,
      'n-image-sha': environment.judged.gitSha,
      'expected-schema-columns': columns.join(','),
      ...whereabouts(environment, site),
      ...more,
    },
    env: { DATABASE_URL: site.database.urlFromTests() },
  });
}
