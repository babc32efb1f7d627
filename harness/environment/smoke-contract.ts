import { AuditLog } from '../contract/audit-log.ts';
import type { Backplane } from '../contract/backplane.ts';
import type { Given, Result } from '../contract/check.ts';
import { smokeChecks, unauthenticatedChecks } from '../contract/checks.ts';
import { runChecks } from '../contract/run-checks.ts';
import { Secret } from '../contract/secret.ts';
import type { Finished } from '../process/run.ts';
import { recorder } from './check-log.ts';
import type { Environment } from './environment.ts';
import { rolloutDeadlineMs } from './install-contract.ts';
import { runVerifier, type VerifierProcess } from './run-verifier.ts';
import type { Site } from './site.ts';
import { whereabouts } from './whereabouts.ts';

export interface SmokeRun {
  /** The way in: through the ingress controller or to the pod itself. Asked by this run alone. */
  readonly https: Backplane;
  /** An operator's; absent where nobody has logged in. */
  readonly token?: string;
  /** Value of SMOKE_START_TS: now where absent. */
  readonly startedAt?: string;
  /** Instead of the release's own database. */
  readonly databaseUrl?: string;
}

/** Makes the legs of the smoke on a release, in the contract's order. */
export async function checkSmoke(
  environment: Environment,
  site: Site,
  { https, token, startedAt = nowSeconds(), databaseUrl = site.database.urlFromTests() }: SmokeRun,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const subject = subjectOn(environment, site);
  const given: Partial<Given> = {
    cluster: { ...subject, api: environment.api, rolloutDeadlineMs },
    https,
    database: new AuditLog(new Secret(databaseUrl)),
    ...(token === undefined ? {} : { token: new Secret(token) }),
  };
  const checks = smokeChecks({ subject, startedAt, enforceBudget: true, skipLogin: false });
  return runChecks(
    checks,
    { given, missing: { token: 'nobody has logged in' } },
    { signal, onResult: recorder(environment) },
  );
}

/** Makes the four assertions that need no token. */
export function checkUnauthenticated(
  environment: Environment,
  site: Site,
  https: Backplane,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  return runChecks(
    unauthenticatedChecks(subjectOn(environment, site)),
    { given: { https }, missing: {} },
    { signal, onResult: recorder(environment) },
  );
}

export interface SmokeProcess extends Pick<VerifierProcess, 'more' | 'onLine'> {
  readonly token: string;
}

/** Runs `meho-acceptance smoke` through the ingress controller, with the database's URL and the cluster at hand. */
export function runSmoke(
  environment: Environment,
  site: Site,
  { token, more = [], onLine }: SmokeProcess,
): Promise<Finished> {
  return runVerifier(environment, {
    name: 'smoke',
    flags: {
      backplane: `https://${site.host}`,
      ...whereabouts(environment, site),
    },
    more: ['--enforce-budget', ...more],
    env: { SMOKE_START_TS: nowSeconds(), MEHO_ACCESS_TOKEN: token, DATABASE_URL: site.database.urlFromTests() },
    ...(onLine === undefined ? {} : { onLine }),
  });
}

function subjectOn({ request }: Environment, { namespace }: Site) {
  return { namespace, release: request.subject.release };
}

function nowSeconds(): string {
  return String(Math.floor(Date.now() / 1000));
}
