import type { Given, Need, Result } from '../contract/check.ts';
import { installChecks } from '../contract/checks.ts';
import { runChecks } from '../contract/run-checks.ts';
import { backplaneOn, type Installed } from './cold-install.ts';
import type { Environment } from './environment.ts';

const rolloutDeadlineMs = 60_000;

/** Makes the checks of the install contract on a release, in its order. */
export async function checkInstall(
  environment: Environment,
  { site, startedAtSeconds }: Installed,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  using https = backplaneOn(environment, site);
  const subject = { namespace: site.namespace, release: environment.request.subject.release };
  const given: Partial<Given> = { cluster: { ...subject, api: environment.api, rolloutDeadlineMs }, https };
  const missing: Partial<Record<Need, string>> = { token: 'no OpenID provider runs beside the cluster' };
  const contract = {
    subject,
    expectedGitSha: environment.judged.gitSha,
    startedAt: String(startedAtSeconds),
    enforceBudget: true,
  };
  return runChecks(installChecks(contract), { given, missing }, { signal });
}
