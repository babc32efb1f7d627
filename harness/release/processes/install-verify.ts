import type { CommandResult } from '@meho/core/process/run';
import type { Environment } from '../environment/environment.ts';
import type { ColdInstall } from '../install/cold-install.ts';
import { releaseFlags } from '../install-target/release-flags.ts';
import { runVerifier } from './run-verifier.ts';

export async function runInstallVerify(
  environment: Environment,
  { target, startedAtSeconds }: ColdInstall,
  more: readonly string[] = [],
): Promise<CommandResult> {
  const { judged, openId } = environment;
  return runVerifier(environment, {
    name: 'install-verify',
    flags: {
      host: target.host,
      'expected-git-sha': judged.gitSha,
      ...releaseFlags(environment, target),
    },
    more: ['--enforce-budget', ...more],
    env: {
      INSTALL_START_TS: String(startedAtSeconds),
      MEHO_ACCESS_TOKEN: await openId.login('operator'),
      DATABASE_URL: target.database.urlFromTests(),
    },
  });
}
