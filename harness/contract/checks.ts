import type { Check } from './check.ts';
import { anonymousRefused } from './checks/anonymous-refused.ts';
import { auditRow } from './checks/audit-row.ts';
import { budget } from './checks/budget.ts';
import { deploymentAvailable } from './checks/deployment-available.ts';
import { healthz } from './checks/healthz.ts';
import { migrationJob } from './checks/migration-job.ts';
import { operatorAccepted } from './checks/operator-accepted.ts';
import { requestId } from './checks/request-id.ts';
import { version } from './checks/version.ts';
import type { Subject } from './subject.ts';

/** The contract's bound from the wrapper's first instruction to the verifier's last line. */
export const INSTALL_BUDGET_SECONDS = 300;

export interface InstallContract {
  readonly subject: Subject;
  readonly expectedGitSha: string;
  /** Value of INSTALL_START_TS. */
  readonly startedAt: string | undefined;
  readonly enforceBudget: boolean;
}

/** install-verify: what holds after a cold install, in the contract's order. */
export function installChecks(contract: InstallContract): readonly Check[] {
  const { subject, expectedGitSha, startedAt, enforceBudget } = contract;
  const stopwatch = {
    variable: 'INSTALL_START_TS',
    startedAt,
    limitSeconds: INSTALL_BUDGET_SECONDS,
    enforce: enforceBudget,
  };
  const beforeBudget = [
    deploymentAvailable(subject),
    migrationJob(subject),
    healthz(subject),
    version(subject, expectedGitSha),
    anonymousRefused(subject),
    requestId(subject),
  ];
  const behindToken = [operatorAccepted(subject), auditRow(subject, {}, 'operator-accepted')];
  const others = [...beforeBudget, ...behindToken];
  return [
    ...beforeBudget,
    budget(
      stopwatch,
      others.map(({ id }) => id),
    ),
    ...behindToken,
  ];
}
