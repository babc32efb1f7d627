import type { CommandResult } from '@meho/core/process/run';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { releaseFlags } from '../install-target/release-flags.ts';
import { runVerifier } from './run-verifier.ts';

/**
 * Runs `meho-acceptance rollback-verify`, with the judged image as N.
 *
 * @param columns of `audit_log` that must remain
 */
export function runRollbackVerify(
  environment: Environment,
  target: InstallTarget,
  columns: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return runVerifier(environment, {
    name: 'rollback-verify',
    flags: {
      host: target.host,
      'n-image-sha': environment.judged.gitSha,
      'expected-schema-columns': columns.join(','),
      ...releaseFlags(environment, target),
      ...more,
    },
    env: { DATABASE_URL: target.database.urlFromTests() },
  });
}
