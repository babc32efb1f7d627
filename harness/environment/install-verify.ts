import type { Finished } from '../process/run.ts';
import type { Installed } from './cold-install.ts';
import type { Environment } from './environment.ts';
import { runVerifier } from './run-verifier.ts';
import { whereabouts } from './whereabouts.ts';

/** Runs the verifier as its users do, as a process of its own, as an operator who has just logged in. */
export async function runInstallVerify(
  environment: Environment,
  { site, startedAtSeconds }: Installed,
  more: readonly string[] = [],
): Promise<Finished> {
  const { judged, openId } = environment;
  return runVerifier(environment, {
    name: 'install-verify',
    flags: {
      host: site.host,
      'expected-git-sha': judged.gitSha,
      ...whereabouts(environment, site),
    },
    more: ['--enforce-budget', ...more],
    env: {
      INSTALL_START_TS: String(startedAtSeconds),
      MEHO_ACCESS_TOKEN: await openId.login('operator'),
      DATABASE_URL: site.database.urlFromTests(),
    },
  });
}
