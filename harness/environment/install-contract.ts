import { AuditLog } from '../contract/audit-log.ts';
import type { Given, Result } from '../contract/check.ts';
import { installChecks } from '../contract/checks.ts';
import { runChecks } from '../contract/run-checks.ts';
import { Secret } from '../contract/secret.ts';
import { recorder } from './check-log.ts';
import { backplaneOn, type Installed } from './cold-install.ts';
import type { Environment } from './environment.ts';

export const rolloutDeadlineMs = 60_000;

/** Makes the checks of the install contract on a release, in its order, as an operator who has just logged in. */
export async function checkInstall(
  environment: Environment,
  { site, startedAtSeconds }: Installed,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  using https = backplaneOn(environment, site);
  const subject = { namespace: site.namespace, release: environment.request.subject.release };
  const given: Given = {
    cluster: { ...subject, api: environment.api, rolloutDeadlineMs },
    https,
    token: new Secret(await environment.openId.login('operator')),
    database: new AuditLog(new Secret(site.database.urlFromTests())),
  };
  const contract = {
    subject,
    expectedGitSha: environment.judged.gitSha,
    startedAt: String(startedAtSeconds),
    enforceBudget: true,
  };
  return runChecks(installChecks(contract), { given, missing: {} }, { signal, onResult: recorder(environment) });
}
