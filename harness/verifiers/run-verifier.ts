import type { VerifierEnvironment } from '../config.ts';
import type { AuditLog } from '../contract/audit-log.ts';
import { Backplane } from '../contract/backplane.ts';
import { fails } from '../contract/check.ts';
import type { ClusterView } from '../contract/cluster-view.ts';
import { runChecks, type Target } from '../contract/run-checks.ts';
import { Secret } from '../contract/secret.ts';
import { KnownSecrets } from '../diagnostics/known-secrets.ts';
import { helmDriverProblems } from '../helm/storage.ts';
import { routeAsInCurl } from '../http/curl-route.ts';
import { bare, isLoopback } from '../http/endpoint.ts';
import type { ClusterAccess } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { somethingNamesCluster } from '../kube/kubeconfig-place.ts';
import { UsageError } from '../problem.ts';
import type { CommonValues } from './common-flags.ts';
import { readFlags, type ValuesOf } from './flags.ts';
import { fieldSafe, secretsOf, watched } from './redact.ts';
import { type CheckReport, lineOf, type RunReport, reportOf, requestOf } from './report.ts';
import type { Progress } from './standalone.ts';
import { type Taken, takenCluster } from './taken.ts';
import { flagsOf, type Verifier } from './verifier.ts';

export interface VerifierRun {
  readonly env: VerifierEnvironment;
  /** What no text of the report may hold; those of the environment where absent. */
  readonly secrets?: KnownSecrets;
  readonly signal: AbortSignal;
  /** Fires when something has broken that no check can come to an end after. */
  readonly broken?: AbortSignal;
  readonly progress?: Progress;
  /** Gets each check's line as soon as it and all before it are there. */
  readonly onLine: (report: CheckReport, line: string) => void;
  /** Gets what the verdict is made with, before the first check. */
  readonly onTaken?: (taken: Taken) => void;
}

/** Helm ends when pods are ready; ingress controllers that gather changes first route to them up to some seconds later. */
const ROUTED_WITHIN_MS = 10_000;

/**
 * Runs a verifier with a command line's arguments.
 *
 * @throws UsageError with every problem of flags, environment and files, before anything is asked
 */
export async function runVerifier(
  verifier: Verifier,
  args: readonly string[],
  { env, secrets: known = new KnownSecrets(secretsOf(env)), ...run }: VerifierRun,
): Promise<RunReport> {
  const { signal, broken, progress, onLine, onTaken } = run;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const read = readFlags(flagsOf(verifier), args);
  const problems = [...read.problems, ...(await problemsOf(env))];
  const ended = broken === undefined ? signal : AbortSignal.any([signal, broken]);
  const access = await accessOf(verifier, read.values, env, ended, problems);
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  // Without problems every flag has its value.
  const values = read.values as ValuesOf<Verifier['flags']> & CommonValues;
  const origin = verifier.origin(values);
  const subject = { namespace: values.namespace, release: values.release };
  const route = routeAsInCurl(origin, env.network, values.cacert?.certificates);
  const firstHop = route.proxy?.host ?? values['connect-to']?.host ?? bare(origin.hostname);
  if (origin.protocol === 'http:' && env.accessToken !== undefined && verifier.allowsHttp?.(values) !== true) {
    assertLoopback(firstHop);
  }
  using https = new Backplane({
    origin,
    deadlineMs: values['request-timeout'] * 1000,
    routedWithinMs: ROUTED_WITHIN_MS,
    ...route,
    ...(values['connect-to'] === undefined ? {} : { connectTo: values['connect-to'] }),
  });
  using api = access === undefined ? undefined : new KubeApi(watched(access, known), values['request-timeout'] * 1000);
  const cluster = api && { api, ...subject, rolloutDeadlineMs: values['rollout-timeout'] * 1000 };
  const database = await databaseOf(env);
  known.add(database?.secrets ?? []);
  const safe = fieldSafe(known);
  const takenFrom = api && takenCluster(api, safe);
  const taken: Taken = takenFrom === undefined ? {} : { cluster: takenFrom };
  onTaken?.(taken);
  const checks: CheckReport[] = [];
  broken?.throwIfAborted();
  progress?.begin();
  const results = await runChecks(
    verifier.checks(values, subject, env),
    targetOf({ https, cluster, database: database?.auditLog }, env, values['skip-cluster-checks']),
    {
      failFast: values['fail-fast'],
      signal,
      ...(broken === undefined ? {} : { broken }),
      onResult: (result) => {
        const report = reportOf(result, safe);
        checks.push(report);
        onLine(report, lineOf(report));
      },
    },
  );
  // A run in which nothing could be looked at has shown nothing.
  const failed =
    broken?.aborted === true ||
    results.some(({ verdict }) => fails(verdict)) ||
    checks.every(({ status }) => status === 'note');
  const report: RunReport = {
    schemaVersion: 1,
    verifier: verifier.name,
    ...subject,
    url: origin.href,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    outcome: failed ? 'failed' : 'passed',
    exitCode: failed ? 1 : 0,
    taken,
    checks,
    requests: https.asked.map((asked) => requestOf(asked, safe)),
  };
  if (values.junit !== undefined) {
    const { writeJunit } = await import('./junit.ts');
    await writeJunit(values.junit, report);
  }
  return report;
}

/** The cluster's address and credentials; what is wrong with them is added to the other problems. */
async function accessOf(
  { cluster }: Verifier,
  flags: Partial<CommonValues>,
  env: VerifierEnvironment,
  signal: AbortSignal,
  problems: string[],
): Promise<ClusterAccess | undefined> {
  if (flags['skip-cluster-checks'] === true) {
    return undefined;
  }
  const named = { file: flags.kubeconfig, context: flags.context, variable: env.kubeconfig, inCluster: env.inCluster };
  const advice = '(--skip-cluster-checks leaves the cluster out)';
  try {
    // Reading a kubeconfig needs a YAML parser, which runs without a cluster need not load.
    const access = somethingNamesCluster(named)
      ? await (await import('../kube/access.ts')).findAccess({ ...named, signal })
      : undefined;
    if (access === undefined && cluster === 'required') {
      problems.push(`no kubeconfig: give --kubeconfig or set KUBECONFIG ${advice}`);
    }
    if (access !== undefined) {
      problems.push(...helmDriverProblems(env.helmDriver).map((problem) => `${problem} ${advice}`));
    }
    return access;
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    problems.push(...error.problems.map((problem) => `${problem} ${advice}`));
    return undefined;
  }
}

interface Asked {
  readonly https: Backplane;
  readonly cluster: ClusterView | undefined;
  readonly database: AuditLog | undefined;
}

function targetOf({ https, cluster, database }: Asked, { accessToken }: VerifierEnvironment, skipped: boolean): Target {
  return {
    given: {
      https,
      ...(cluster === undefined ? {} : { cluster }),
      ...(accessToken === undefined ? {} : { token: new Secret(accessToken) }),
      ...(database === undefined ? {} : { database }),
    },
    missing: {
      cluster: skipped ? 'left out by --skip-cluster-checks' : 'there is no kubeconfig',
      token: 'MEHO_ACCESS_TOKEN is not set',
      database: 'DATABASE_URL is not set',
    },
  };
}

/** A token that goes over the network unencrypted is anybody's who listens. */
function assertLoopback(host: string): void {
  if (!isLoopback(host)) {
    throw new UsageError([
      `--backplane: expected https, because MEHO_ACCESS_TOKEN would travel to ${host} unencrypted; where that is meant, give --allow-http`,
    ]);
  }
}

/** What is wrong with the variables that checks are made with. */
export async function problemsOf({
  accessToken,
  databaseUrl,
}: Pick<VerifierEnvironment, 'accessToken' | 'databaseUrl'>): Promise<readonly string[]> {
  const problems: string[] = [];
  if (accessToken !== undefined && !/^[A-Za-z0-9._~+/-]+=*$/.test(accessToken)) {
    problems.push('MEHO_ACCESS_TOKEN: expected a bearer token, which has no spaces, quotes or line breaks');
  }
  const problem = databaseUrl === undefined ? undefined : (await import('./database.ts')).databaseProblem(databaseUrl);
  return problem === undefined ? problems : [...problems, problem];
}

/** What is asked of DATABASE_URL and what of it must not be shown; the code for it is loaded where it is set. */
async function databaseOf(env: VerifierEnvironment) {
  if (env.databaseUrl === undefined) {
    return undefined;
  }
  const { auditLogOf, secretsOfUrl } = await import('./database.ts');
  return { auditLog: auditLogOf(env.databaseUrl, env), secrets: secretsOfUrl(env.databaseUrl) };
}
