import { AuditLog } from '@meho/contract/audit-log/audit-log';
import type { CheckInputs, Result } from '@meho/contract/check';
import { installChecks } from '@meho/contract/checks';
import { runChecks } from '@meho/contract/run-checks';
import { Secret } from '@meho/contract/token/secret';
import type { Environment } from '../environment/environment.ts';
import { recorder } from '../evidence/check-log.ts';
import { backplaneOn, type ColdInstall } from './cold-install.ts';

export const rolloutDeadlineMs = 60_000;

/** In the contract's order. */
export async function checkInstall(
  environment: Environment,
  { target, startedAtSeconds }: Pick<ColdInstall, 'target' | 'startedAtSeconds'>,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  using https = backplaneOn(environment, target);
  const subject = { namespace: target.namespace, release: environment.request.subject.release };
  const inputs: CheckInputs = {
    cluster: { ...subject, api: environment.api, rolloutDeadlineMs },
    https,
    token: new Secret(await environment.openId.login('operator')),
    database: new AuditLog(new Secret(target.database.urlFromTests())),
  };
  const contract = {
    subject,
    expectedGitSha: environment.judged.gitSha,
    startedAt: String(startedAtSeconds),
    enforceBudget: true,
  };
  return runChecks(installChecks(contract), { inputs, missing: {} }, { signal, onResult: recorder(environment) });
}
