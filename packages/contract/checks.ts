import { HEALTH_PATH, type Subject } from '@meho/helm/subject';
import type { Check } from './check.ts';
import { type CheckList, checksOf } from './check-list.ts';
import { anonymousRefused } from './checks/anonymous-refused.ts';
import { auditRow } from './checks/audit-row.ts';
import { budget } from './checks/budget.ts';
import { deploymentAvailable } from './checks/deployment-available.ts';
import { healthz } from './checks/healthz.ts';
import { login } from './checks/login.ts';
import { migrated } from './checks/migrated.ts';
import { migrationJob } from './checks/migration-job.ts';
import { operatorAccepted } from './checks/operator-accepted.ts';
import { operatorStatus } from './checks/operator-status.ts';
import { requestId } from './checks/request-id.ts';
import { rolledBack } from './checks/rolled-back.ts';
import { schemaColumns } from './checks/schema-columns.ts';
import { vaultReadable } from './checks/vault-readable.ts';
import { version } from './checks/version.ts';
import { versionTellsChartVersion } from './checks/version-tells-chart-version.ts';
import { versionTellsGitSha } from './checks/version-tells-git-sha.ts';
import type { Stopwatch } from './judging/budget.ts';

/** From the wrapper's first instruction to the verifier's last line. */
export const INSTALL_BUDGET_SECONDS = 300;
export const SMOKE_BUDGET_SECONDS = 60;
/**
 * The backplane waits 10 s for Vault (contract: VAULT_TIMEOUT_SECONDS), and images in the field are silent for 15 s
 * without a database: a shorter wait would blame the backplane.
 */
export const SMOKE_ANSWER_SECONDS = 20;

/** Enough to meet a replica of another build. */
const VERSION_ASKS = 10;

interface Budgeted {
  /** Value of INSTALL_START_TS or SMOKE_START_TS. */
  readonly startedAt: string | undefined;
  readonly enforceBudget: boolean;
}

export interface InstallContract extends Budgeted {
  readonly subject: Subject;
  readonly expectedGitSha: string;
}

export const installList = {
  'deployment-available': ({ subject }) => deploymentAvailable(subject),
  'migration-job': ({ subject }) => migrationJob(subject),
  healthz: ({ subject }) => healthz(subject),
  version: ({ subject, expectedGitSha }) => version(subject, expectedGitSha, VERSION_ASKS),
  'anonymous-refused': ({ subject }) => anonymousRefused(subject),
  'request-id': ({ subject }) => requestId(subject),
  budget: withinBudget('INSTALL_START_TS', INSTALL_BUDGET_SECONDS),
  'operator-accepted': ({ subject }) => operatorAccepted(subject),
  'audit-row': ({ subject }) => auditRow(subject, {}, 'operator-accepted'),
} as const satisfies CheckList<InstallContract>;

export function installChecks(contract: InstallContract): readonly Check[] {
  return checksOf(installList, contract);
}

interface OfSubject {
  readonly subject: Subject;
}

const legsBehindToken = {
  'operator-status': ({ subject }) => leg('2', operatorStatus(subject)),
  'vault-readable': () => leg('4', vaultReadable()),
  'audit-row': ({ subject }) =>
    leg('3', auditRow(subject, { method: 'GET', path: HEALTH_PATH, statusCode: 200 }, 'operator-status')),
  migrated: ({ subject }) => leg('5', migrated(subject)),
  'migration-job': ({ subject }) => leg('5b', migrationJob(subject, 'skipped')),
} as const satisfies CheckList<OfSubject>;

export interface SmokeContract extends OfSubject, Budgeted {
  readonly skipLogin: boolean;
}

/** One authenticated request, legs in the contract's order 1, 2, 4, 3, 5, 6. */
export const smokeList = {
  login: ({ skipLogin }) => leg('1', login(skipLogin)),
  ...legsBehindToken,
  budget: (contract, ids) => leg('6', withinBudget('SMOKE_START_TS', SMOKE_BUDGET_SECONDS)(contract, ids)),
} as const satisfies CheckList<SmokeContract>;

export function smokeChecks(contract: SmokeContract): readonly Check[] {
  return checksOf(smokeList, contract);
}

/** Contract, pr-smoke. */
const unauthenticatedList = {
  healthz: ({ subject }) => healthz(subject),
  'version-tells-git-sha': ({ subject }) => versionTellsGitSha(subject),
  'version-tells-chart-version': ({ subject }) => versionTellsChartVersion(subject),
  'anonymous-refused': ({ subject }) => anonymousRefused(subject),
} as const satisfies CheckList<OfSubject>;

export function unauthenticatedChecks(subject: Subject): readonly Check[] {
  return checksOf(unauthenticatedList, { subject });
}

export interface PullRequestContract extends OfSubject {
  readonly expectedGitSha: string | undefined;
  readonly withToken: boolean;
}

/** Runs through a port-forward. */
export const pullRequestList = {
  ...unauthenticatedList,
  version: ({ subject, expectedGitSha }: PullRequestContract) =>
    expectedGitSha === undefined ? undefined : version(subject, expectedGitSha),
  ...onlyWithToken(legsBehindToken),
} satisfies CheckList<PullRequestContract>;

export function pullRequestChecks(contract: PullRequestContract): readonly Check[] {
  return checksOf(pullRequestList, contract);
}

export interface RollbackContract extends OfSubject {
  readonly gitSha: string;
  /** Plain SQL identifiers, added to `audit_log` by N+1. */
  readonly columns: readonly string[];
}

export const rollbackList = {
  'rolled-back': ({ subject }) => rolledBack(subject),
  // Helm doesn't wait for terminating pods, which still answer.
  'deployment-available': ({ subject }) => deploymentAvailable(subject, { replacedPodsGone: true }),
  'schema-columns': ({ columns }) => schemaColumns(columns),
  healthz: ({ subject }) => healthz(subject),
  version: ({ subject, gitSha }) => version(subject, gitSha, VERSION_ASKS),
  'anonymous-refused': ({ subject }) => anonymousRefused(subject),
} as const satisfies CheckList<RollbackContract>;

export function rollbackChecks(contract: RollbackContract): readonly Check[] {
  return checksOf(rollbackList, contract);
}

function leg(number: string, check: Check): Check {
  return { ...check, title: `Leg ${number}: ${check.title}` };
}

/** Waits for all others of its list. */
function withinBudget(variable: Stopwatch['variable'], limitSeconds: number) {
  return ({ startedAt, enforceBudget }: Budgeted, ids: readonly string[]): Check =>
    budget(
      { variable, startedAt, limitSeconds, enforce: enforceBudget },
      ids.filter((id) => id !== 'budget'),
    );
}

function onlyWithToken(list: CheckList<OfSubject>): CheckList<PullRequestContract> {
  const made = Object.entries(list).map(([id, make]): [string, CheckList<PullRequestContract>[string]] => [
    id,
    (contract, ids) => (contract.withToken ? make(contract, ids) : undefined),
  ]);
  return Object.fromEntries(made);
}
