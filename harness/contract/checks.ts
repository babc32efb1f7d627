import type { Stopwatch } from './budget.ts';
import type { Check } from './check.ts';
import { anonymousRefused } from './checks/anonymous-refused.ts';
import { auditRow } from './checks/audit-row.ts';
import { budget } from './checks/budget.ts';
import { deploymentAvailable } from './checks/deployment-available.ts';
import { migrated, vaultReadable } from './checks/health-members.ts';
import { healthz } from './checks/healthz.ts';
import { login } from './checks/login.ts';
import { migrationJob } from './checks/migration-job.ts';
import { operatorAccepted } from './checks/operator-accepted.ts';
import { operatorStatus } from './checks/operator-status.ts';
import { requestId } from './checks/request-id.ts';
import { rolledBack } from './checks/rolled-back.ts';
import { schemaColumns } from './checks/schema-columns.ts';
import { version } from './checks/version.ts';
import { versionTells } from './checks/version-tells.ts';
import { HEALTH_PATH, type Subject } from './subject.ts';

/** The contract's bounds from the wrapper's first instruction to the verifier's last line. */
export const INSTALL_BUDGET_SECONDS = 300;
export const SMOKE_BUDGET_SECONDS = 60;
/**
 * The backplane gives Vault 10 s before it says that it has no answer (contract: VAULT_TIMEOUT_SECONDS), and images in
 * the field are silent for up to 15 s where the database is away: who leaves earlier blames the backplane.
 */
export const SMOKE_ANSWER_SECONDS = 20;

/** How often the version is asked for, so that a replica of another build beside good ones is met. */
const VERSION_ASKS = 10;

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
  const beforeBudget = [
    deploymentAvailable(subject),
    migrationJob(subject),
    healthz(subject),
    version(subject, expectedGitSha, VERSION_ASKS),
    anonymousRefused(subject),
    requestId(subject),
  ];
  const behindToken = [operatorAccepted(subject), auditRow(subject, {}, 'operator-accepted')];
  const stopwatch = { variable: 'INSTALL_START_TS', startedAt, limitSeconds: INSTALL_BUDGET_SECONDS };
  return [
    ...beforeBudget,
    last({ ...stopwatch, enforce: enforceBudget }, [...beforeBudget, ...behindToken]),
    ...behindToken,
  ];
}

export interface SmokeContract {
  readonly subject: Subject;
  /** Value of SMOKE_START_TS. */
  readonly startedAt: string | undefined;
  readonly enforceBudget: boolean;
  readonly skipLogin: boolean;
}

/** smoke: the federation chain over one authenticated request, its legs in the contract's order 1, 2, 4, 3, 5, 6. */
export function smokeChecks({ subject, startedAt, enforceBudget, skipLogin }: SmokeContract): readonly Check[] {
  const legs = [leg('1', login(skipLogin)), ...legsBehindToken(subject)];
  const stopwatch = { variable: 'SMOKE_START_TS', startedAt, limitSeconds: SMOKE_BUDGET_SECONDS };
  return [...legs, leg('6', last({ ...stopwatch, enforce: enforceBudget }, legs))];
}

function legsBehindToken(subject: Subject): readonly Check[] {
  return [
    leg('2', operatorStatus(subject)),
    leg('4', vaultReadable()),
    leg('3', auditRow(subject, { method: 'GET', path: HEALTH_PATH, statusCode: 200 }, 'operator-status')),
    leg('5', migrated(subject)),
    leg('5b', migrationJob(subject, 'skipped')),
  ];
}

/** The four assertions without a token that each pull request is held to, in the contract's order (contract, pr-smoke). */
export function unauthenticatedChecks(subject: Subject): readonly Check[] {
  return [
    healthz(subject),
    versionTells(subject, 'git_sha'),
    versionTells(subject, 'chart_version'),
    anonymousRefused(subject),
  ];
}

export interface PullRequestContract {
  readonly subject: Subject;
  /** Commit that `/version` has to name, where it is known. */
  readonly expectedGitSha: string | undefined;
  /** A token is at hand: the legs of the smoke that need one are made as well. */
  readonly withToken: boolean;
}

/** pr-smoke: what a pull request's release is held to, through a port-forward. */
export function pullRequestChecks({ subject, expectedGitSha, withToken }: PullRequestContract): readonly Check[] {
  return [
    ...unauthenticatedChecks(subject),
    ...(expectedGitSha === undefined ? [] : [version(subject, expectedGitSha)]),
    ...(withToken ? legsBehindToken(subject) : []),
  ];
}

export interface RollbackContract {
  readonly subject: Subject;
  /** Commit of N, which must answer again. */
  readonly gitSha: string;
  /** Columns of `audit_log` that came with N+1: plain SQL identifiers. */
  readonly columns: readonly string[];
}

/** rollback-verify: what holds after N, N+1 and a rollback, in the contract's order. */
export function rollbackChecks({ subject, gitSha, columns }: RollbackContract): readonly Check[] {
  return [
    rolledBack(subject),
    // Helm doesn't wait for pods of N+1 that are on their way out and still answer.
    deploymentAvailable(subject, { replacedPodsGone: true }),
    schemaColumns(columns),
    healthz(subject),
    version(subject, gitSha, VERSION_ASKS),
    anonymousRefused(subject),
  ];
}

/** Puts the contract's number of a leg in front of the promise. */
function leg(number: string, check: Check): Check {
  return { ...check, title: `Leg ${number}: ${check.title}` };
}

function last(stopwatch: Stopwatch, others: readonly Check[]): Check {
  return budget(
    stopwatch,
    others.map(({ id }) => id),
  );
}
