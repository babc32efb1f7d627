import type { AuditLog } from '@meho/contract/audit-log/audit-log';
import { Backplane } from '@meho/contract/backplane/backplane';
import { isFailure } from '@meho/contract/check';
import type { ClusterView } from '@meho/contract/cluster/cluster-view';
import { type CheckTarget, runChecks } from '@meho/contract/run-checks';
import { Secret } from '@meho/contract/token/secret';
import type { Progress } from '@meho/core/command-line/exit-code';
import { readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import type { VerifierEnvironment } from '@meho/core/config';
import { routeAsInCurl } from '@meho/core/http/curl-route';
import { bare, isLoopback } from '@meho/core/http/endpoint';
import { UsageError } from '@meho/core/problem';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { fieldSafe } from '@meho/core/redaction/line-safe';
import { helmDriverProblems } from '@meho/helm/storage';
import { KubeApi } from '@meho/kube/api/api';
import type { ClusterAccess } from '@meho/kube/kubeconfig/access';
import { isClusterNamed } from '@meho/kube/kubeconfig/kubeconfig-place';
import type { CommonValues } from './flags/common-flags.ts';
import { clusterContextOf, type RunContext } from './flags/run-context.ts';
import { collectSecrets, secretsOf } from './report/redact.ts';
import { type CheckReport, lineOf, type RunReport, reportOf, requestOf } from './report/report.ts';
import { flagsOf, type Verifier } from './verifier.ts';

export interface VerifierRun {
  readonly env: VerifierEnvironment;
  /** The environment's where absent. */
  readonly secrets?: KnownSecrets;
  readonly signal: AbortSignal;
  /** Aborts on a defect that keeps checks from finishing. */
  readonly broken?: AbortSignal;
  readonly progress?: Progress;
  /** In the order of the checks, as early as possible. */
  readonly onLine: (report: CheckReport, line: string) => void;
  readonly onTaken?: (taken: RunContext) => void;
}

/** Helm ends when pods are ready; ingress controllers that batch changes follow some seconds later. */
const ROUTED_WITHIN_MS = 10_000;

/** @throws UsageError with every problem of flags, environment and files, before any request */
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
  // Complete if there are no problems.
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
  using api =
    access === undefined ? undefined : new KubeApi(collectSecrets(access, known), values['request-timeout'] * 1000);
  const cluster = api && { api, ...subject, rolloutDeadlineMs: values['rollout-timeout'] * 1000 };
  const database = await databaseOf(env);
  known.add(database?.secrets ?? []);
  const safe = fieldSafe(known);
  const takenFrom = api && clusterContextOf(api, safe);
  const taken: RunContext = takenFrom === undefined ? {} : { cluster: takenFrom };
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
  // A run that inspected nothing has shown nothing.
  const failed =
    broken?.aborted === true ||
    results.some(({ verdict }) => isFailure(verdict)) ||
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
    requests: https.requests.map((asked) => requestOf(asked, safe)),
  };
  if (values.junit !== undefined) {
    const { writeJunit } = await import('./report/junit.ts');
    await writeJunit(values.junit, report);
  }
  return report;
}

/** Adds errors to `problems`. */
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
    // Avoids loading the YAML parser without a cluster.
    const access = isClusterNamed(named)
      ? await (await import('@meho/kube/kubeconfig/access')).findAccess({ ...named, signal })
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

function targetOf(
  { https, cluster, database }: Asked,
  { accessToken }: VerifierEnvironment,
  skipped: boolean,
): CheckTarget {
  return {
    inputs: {
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

/** Anyone listening could read an unencrypted token. */
function assertLoopback(host: string): void {
  if (!isLoopback(host)) {
    throw new UsageError([
      `--backplane: expected https, because MEHO_ACCESS_TOKEN would travel to ${host} unencrypted; where that is meant, give --allow-http`,
    ]);
  }
}

export async function problemsOf({
  accessToken,
  databaseUrl,
}: Pick<VerifierEnvironment, 'accessToken' | 'databaseUrl'>): Promise<readonly string[]> {
  const problems: string[] = [];
  if (accessToken !== undefined && !/^[A-Za-z0-9._~+/-]+=*$/.test(accessToken)) {
    problems.push('MEHO_ACCESS_TOKEN: expected a bearer token, which has no spaces, quotes or line breaks');
  }
  const problem =
    databaseUrl === undefined ? undefined : (await import('./flags/database.ts')).databaseProblem(databaseUrl);
  return problem === undefined ? problems : [...problems, problem];
}

/** Loads its code only if DATABASE_URL is set. */
async function databaseOf(env: VerifierEnvironment) {
  if (env.databaseUrl === undefined) {
    return undefined;
  }
  const { auditLogOf, secretsOfUrl } = await import('./flags/database.ts');
  return { auditLog: auditLogOf(env.databaseUrl, env), secrets: secretsOfUrl(env.databaseUrl) };
}
