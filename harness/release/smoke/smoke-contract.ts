import { AuditLog } from '@meho/contract/audit-log/audit-log';
import type { Backplane } from '@meho/contract/backplane/backplane';
import type { CheckInputs, Result } from '@meho/contract/check';
import { smokeChecks, unauthenticatedChecks } from '@meho/contract/checks';
import { runChecks } from '@meho/contract/run-checks';
import { Secret } from '@meho/contract/token/secret';
import type { CommandResult } from '@meho/core/process/run';
import type { Environment } from '../environment/environment.ts';
import { recorder } from '../evidence/check-log.ts';
import { rolloutDeadlineMs } from '../install/install-contract.ts';
import type { InstallTarget } from '../install-target/install-target.ts';
import { releaseFlags } from '../install-target/release-flags.ts';
import { runVerifier, type VerifierProcess } from '../processes/run-verifier.ts';

export interface SmokeRun {
  /** Through ingress or to the pod. Not shared: it requests each path once. */
  readonly https: Backplane;
  /** Absent if nobody has logged in. */
  readonly token?: string;
  /** SMOKE_START_TS; now if absent. */
  readonly startedAt?: string;
  /** The release's own if absent. */
  readonly databaseUrl?: string;
}

/** In the contract's order. */
export async function checkSmoke(
  environment: Environment,
  target: InstallTarget,
  { https, token, startedAt = nowSeconds(), databaseUrl = target.database.urlFromTests() }: SmokeRun,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const subject = subjectOn(environment, target);
  const inputs: Partial<CheckInputs> = {
    cluster: { ...subject, api: environment.api, rolloutDeadlineMs },
    https,
    database: new AuditLog(new Secret(databaseUrl)),
    ...(token === undefined ? {} : { token: new Secret(token) }),
  };
  const checks = smokeChecks({ subject, startedAt, enforceBudget: true, skipLogin: false });
  return runChecks(
    checks,
    { inputs, missing: { token: 'nobody has logged in' } },
    { signal, onResult: recorder(environment) },
  );
}

export function checkUnauthenticated(
  environment: Environment,
  target: InstallTarget,
  https: Backplane,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  return runChecks(
    unauthenticatedChecks(subjectOn(environment, target)),
    { inputs: { https }, missing: {} },
    { signal, onResult: recorder(environment) },
  );
}

export interface SmokeProcess extends Pick<VerifierProcess, 'more' | 'onLine'> {
  readonly token: string;
}

/** Sets the database's URL and cluster access. */
export function runSmoke(
  environment: Environment,
  target: InstallTarget,
  { token, more = [], onLine }: SmokeProcess,
): Promise<CommandResult> {
  return runVerifier(environment, {
    name: 'smoke',
    flags: {
      backplane: `https://${target.host}`,
      ...releaseFlags(environment, target),
    },
    more: ['--enforce-budget', ...more],
    env: { SMOKE_START_TS: nowSeconds(), MEHO_ACCESS_TOKEN: token, DATABASE_URL: target.database.urlFromTests() },
    ...(onLine === undefined ? {} : { onLine }),
  });
}

function subjectOn({ request }: Environment, { namespace }: InstallTarget) {
  return { namespace, release: request.subject.release };
}

function nowSeconds(): string {
  return String(Math.floor(Date.now() / 1000));
}
