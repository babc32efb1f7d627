import path from 'node:path';
import { Secret } from '@meho/contract/token/secret';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import {
  defaulted,
  Invalid,
  optional,
  readFlags,
  repeated,
  required,
  toggle,
  type ValuesOf,
} from '@meho/core/command-line/flags';
import { asksForHelp, cleaningUpCodes, usage } from '@meho/core/command-line/usage';
import { anyText, oneOf, outputFile, wholeNumber, wholeSeconds } from '@meho/core/command-line/values';
import { readVerifierEnvironment, type VerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { fieldSafe } from '@meho/core/redaction/line-safe';
import { redactor } from '@meho/core/redaction/redact';
import { jsonText } from '@meho/core/report/safe-text';
import { phaseTable } from '@meho/core/report/timeline';
import { newRun } from '@meho/core/runs/identity';
import { isSupportedHelm, OLDEST_HELM } from '@meho/helm/program';
import { HelmRelease } from '@meho/helm/release';
import { helmDriverProblems } from '@meho/helm/storage';
import { KubeApi } from '@meho/kube/api/api';
import type { ClusterAccess } from '@meho/kube/kubeconfig/access';
import { namespaceOf } from '@meho/lab/pr-smoke/claim';
import { prSmoke, prSmokeBounds } from '@meho/lab/pr-smoke/pr-smoke';
import { readSuppliedObjects, type SuppliedObject, secretValuesOf } from '@meho/lab/pr-smoke/supplied-objects';
import { chart, chartVersion, imageRepository, imageTag, readTwice, valuesFile } from '../flags/chart-values.ts';
import { bindRole, clusterFlags, clusterOf } from '../flags/cluster-flags.ts';
import { auditLogOf } from '../flags/database.ts';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import type { HelmContext } from '../flags/run-context.ts';
import { commit, releaseName } from '../flags/values.ts';
import { writeJunit } from '../report/junit.ts';
import { prSmokeSummary } from '../report/pr-smoke-summary.ts';
import { collectSecrets } from '../report/redact.ts';
import {
  closingLineOf,
  collector,
  contextOf,
  endOf,
  phaseReports,
  reportProblems,
  type StepReport,
} from '../report/step-report.ts';
import { appendStepSummary, writeSummary } from '../report/step-summary.ts';
import { problemsOf } from '../run-verifier.ts';
import type { Standalone, StandaloneIo } from '../standalone.ts';
import { HELM_DRIVER_HELP } from '../verifier.ts';

const { installSeconds, budgetSeconds, hardStopSeconds, tearDownSeconds } = prSmokeBounds;

export const prSmokeFlags = {
  pr: required('N', 'number of the pull request: the namespace is meho-ci-N', wholeNumber(1, 9_999_999)),
  'image-tag': required('TAG', "tag of the pull request's image", imageTag),
  'image-repository': optional('REPOSITORY', "the image's repository instead of the values'", imageRepository),
  'expected-git-sha': optional('SHA', 'commit that /version has to name', commit),
  chart: defaulted('PATH|oci://…', 'the chart to install', chart, 'charts/meho'),
  'chart-version': optional('VERSION', 'version of a chart in a registry', chartVersion),
  values: repeated('FILE', 'values for the chart', valuesFile),
  objects: optional(
    'FILE',
    'Secrets, ConfigMaps and ServiceAccounts that the release needs in its namespace, as YAML',
    suppliedObjects,
  ),
  release: defaulted('RELEASE', 'name of the Helm release', releaseName, 'meho'),
  ...clusterFlags,
  'bind-role': bindRole,
  helm: defaulted('FILE', 'the helm program', anyText('a program'), 'helm'),
  summary: optional('FILE', 'write the comment for the pull request, as Markdown', outputFile),
  junit: optional('FILE', 'write the results as JUnit XML, too', outputFile),
  output: defaulted(
    'text|json',
    'json: one document on standard output instead of lines',
    oneOf('text', 'json'),
    'text',
  ),
  'install-timeout': defaulted('SECONDS', "helm's own deadline", wholeSeconds(1, 3600), installSeconds),
  budget: defaulted('SECONDS', 'green in less than this', wholeSeconds(1, 3600), budgetSeconds),
  'enforce-budget': toggle('fail when it took longer than the budget, instead of warning'),
  'hard-stop': defaulted(
    'SECONDS',
    'stop and clean up whatever is under way then',
    wholeSeconds(1, 7200),
    hardStopSeconds,
  ),
  'tear-down-timeout': defaulted('SECONDS', 'how long the removal may take', wholeSeconds(1, 3600), tearDownSeconds),
};

type Values = ValuesOf<typeof prSmokeFlags>;

const summary = `Smokes one pull request on a real cluster: makes the namespace meho-ci-N, installs the chart, asks the backplane through
a port-forward, and removes the namespace whatever happened. With a token the legs of the federation chain are made as
well. \`meho-acceptance pr-smoke reap --help\`: removes what runs that were killed have left.`;

const environment = {
  MEHO_ACCESS_TOKEN: "an operator's bearer token; without it the legs that need one are left out",
  DATABASE_URL: "the backplane's database, for the leg of the audit row",
  KUBECONFIG: 'kubeconfig file or files',
  HELM_DRIVER: HELM_DRIVER_HELP,
  ...NETWORK_ENVIRONMENT,
  GITHUB_STEP_SUMMARY: 'the summary is appended to this file',
};

/** `meho-acceptance pr-smoke …`. @returns 0 green, 1 red, 2 could not run as asked, 130 interrupted and cleaned up */
export async function runPrSmoke(argv: readonly string[], io: StandaloneIo): Promise<ExitCode> {
  if (argv[0] === 'reap') {
    const { runReap } = await import('./reap.ts');
    return runReap(argv.slice(1), io);
  }
  if (asksForHelp(argv)) {
    io.out(
      usage({
        command: 'meho-acceptance pr-smoke',
        summary,
        flags: prSmokeFlags,
        environment,
        exitCodes: cleaningUpCodes,
      }),
    );
    return 0;
  }
  const json = readFlags(prSmokeFlags, argv).values.output === 'json';
  try {
    const env = readVerifierEnvironment();
    const { values, access, helm } = await read(argv, env, io.signal);
    io.progress?.begin();
    const report = await runSmoke(values, access, { env, io, json, helm });
    io.out(json ? `${jsonText(report)}\n` : `${closingLineOf(report)}\n`);
    return report.exitCode;
  } catch (error) {
    return reportProblems(io, { command: 'pr-smoke', json, error });
  }
}

const command: Standalone = { name: 'pr-smoke', cleansUp: true, run: runPrSmoke };
export default command;

interface SmokeSurroundings {
  readonly env: VerifierEnvironment;
  readonly io: StandaloneIo;
  readonly json: boolean;
  readonly helm: HelmContext;
}

async function runSmoke(
  values: Values,
  access: ClusterAccess,
  { env, io, json, helm }: SmokeSurroundings,
): Promise<StepReport> {
  const { pr, objects = [], kubeconfig = env.kubeconfig ?? '' } = values;
  const context = access.origin?.context;
  const { accessToken, databaseUrl, workflowRunUrl } = env;
  const startedAt = new Date().toISOString();
  const namespace = namespaceOf(pr);
  io.secrets.add(secretValuesOf(objects));
  const redact = redactor();
  const field = fieldSafe(io.secrets);
  // Also redacts whatever looks like a secret.
  const safe = (text: string) => field(redact(text));
  using api = new KubeApi(collectSecrets(access, io.secrets));
  const release = new HelmRelease(
    {
      helm: values.helm,
      kubeconfigFile: kubeconfig,
      namespace,
      release: values.release,
      ...(context === undefined ? {} : { context }),
    },
    { api },
  );
  const taken = contextOf(api, io, { safe, json, helm });
  const { checks, onResult } = collector(io, { safe, json });
  const { timeline, totalMs } = await prSmoke(
    {
      pr,
      run: await newRun(),
      api,
      release,
      helm: helm.version,
      chart: values.chart,
      chartVersion: values['chart-version'],
      valuesFiles: values.values,
      imageTag: values['image-tag'],
      imageRepository: values['image-repository'],
      objects,
      bindRole: values['bind-role'],
      expectedGitSha: values['expected-git-sha'],
      token: accessToken === undefined ? undefined : new Secret(accessToken),
      database: databaseUrl === undefined ? undefined : auditLogOf(databaseUrl, env),
      bounds: {
        installMs: values['install-timeout'] * 1000,
        budgetMs: values.budget * 1000,
        enforceBudget: values['enforce-budget'],
        hardStopMs: values['hard-stop'] * 1000,
        tearDownMs: values['tear-down-timeout'] * 1000,
      },
    },
    {
      signal: io.signal,
      onResult,
    },
  );
  const report: StepReport = {
    schemaVersion: 1,
    command: 'pr-smoke',
    namespace,
    startedAt,
    durationMs: Math.round(totalMs),
    ...endOf(checks, io.signal),
    taken,
    checks,
    phases: phaseReports(timeline.phases),
  };
  if (!json) {
    io.out(`\n${phaseTable(timeline.phases, totalMs)}\n\n`);
  }
  const image = `${values['image-repository'] ?? 'image'}:${values['image-tag']}`;
  const markdown = prSmokeSummary({ pr, image, workflowRunUrl, report });
  writeSummary(values.summary, markdown);
  appendStepSummary(env.stepSummary, markdown, io);
  if (values.junit !== undefined) {
    await writeJunit(values.junit, { verifier: 'pr-smoke', checks, durationMs: report.durationMs, startedAt });
  }
  return report;
}

/** @throws UsageError with every problem */
async function read(
  argv: readonly string[],
  env: VerifierEnvironment,
  signal: AbortSignal,
): Promise<{ readonly values: Values; readonly access: ClusterAccess; readonly helm: HelmContext }> {
  const { values, problems: found } = readFlags(prSmokeFlags, argv);
  const problems = [...found, ...(await problemsOf(env)), ...helmDriverProblems(env.helmDriver)];
  // The default is a folder of the calling repository, and may be missing.
  const place = values.chart === undefined ? undefined : chart(values.chart);
  if (place instanceof Invalid) {
    problems.push(`--chart: expected ${place.expected}`);
  }
  // Helm reads these again.
  const kubeconfigs =
    values.kubeconfig === undefined ? (env.kubeconfig?.split(path.delimiter) ?? []) : [values.kubeconfig];
  for (const file of kubeconfigs) {
    const taken = file === '' ? undefined : readTwice(file);
    if (taken !== undefined) {
      problems.push(`kubeconfig ${file}: expected ${taken.expected}`);
    }
  }
  const access = await clusterOf(values, env, signal, problems);
  problems.push(
    ...env.helmVariables.map(
      (name) =>
        `${name}: helm would not ask the cluster as the kubeconfig says; unset it, and write it into the kubeconfig`,
    ),
  );
  const helm = await helmOf(values.helm, signal, problems);
  if (problems.length > 0 || access === undefined || helm === undefined) {
    throw new UsageError(problems);
  }
  // Complete if there are no problems.
  return { values: values as Values, access, helm };
}

const helmDeadlineMs = 30_000;

/** Adds errors to `problems`. */
async function helmOf(
  program: string | undefined,
  signal: AbortSignal,
  problems: string[],
): Promise<HelmContext | undefined> {
  if (program === undefined) {
    return undefined;
  }
  try {
    const { stdout } = await run(program, ['version', '--short'], { timeoutMs: helmDeadlineMs, signal });
    const version = stdout.trim().split(/[\s+]/, 1)[0] ?? '';
    if (/^v\d+\.\d+\.\d+/.test(version) && isSupportedHelm(version.slice(1))) {
      return { program, version };
    }
    const got = JSON.stringify(stdout.trim().slice(0, 40));
    problems.push(
      `--helm: expected helm ${OLDEST_HELM} or newer, or helm 4, got ${got}; put another on PATH or name it`,
    );
  } catch {
    signal.throwIfAborted();
    problems.push(`--helm: expected a helm that runs, and ${program} does not; put it on PATH or name it`);
  }
  return undefined;
}

function suppliedObjects(file: string): readonly SuppliedObject[] | Invalid {
  const objects = readSuppliedObjects(file);
  return typeof objects === 'string' ? new Invalid(objects) : objects;
}
