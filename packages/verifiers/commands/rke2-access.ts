import type { ExitCode } from '@meho/core/command-line/exit-code';
import { defaulted, optional, readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { asksForHelp, cleaningUpCodes, usage } from '@meho/core/command-line/usage';
import { oneOf, outputFile, wholeSeconds } from '@meho/core/command-line/values';
import { readVerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { fieldSafe } from '@meho/core/redaction/line-safe';
import { jsonText } from '@meho/core/report/safe-text';
import { KubeApi } from '@meho/kube/api/api';
import { checkAccess, verifyNamespace } from '@meho/lab/rke2-access/access';
import { bindRole, clusterFlags, clusterOf } from '../flags/cluster-flags.ts';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import { writeJunit } from '../report/junit.ts';
import { collectSecrets } from '../report/redact.ts';
import {
  closingLineOf,
  collector,
  contextOf,
  endOf,
  type ReportOutput,
  reportProblems,
  type StepReport,
} from '../report/step-report.ts';
import type { Standalone, StandaloneIo } from '../standalone.ts';

export const rke2AccessFlags = {
  ...clusterFlags,
  'bind-role': bindRole,
  'request-timeout': defaulted('SECONDS', 'how long one answer may take', wholeSeconds(1, 600), 10),
  junit: optional('FILE', 'write the results as JUnit XML, too', outputFile),
  output: defaulted(
    'text|json',
    'json: one document on standard output instead of lines',
    oneOf('text', 'json'),
    'text',
  ),
};

const summary = `Verifies that the identity of a kubeconfig may do on a cluster what the smoke of pull requests needs, and may not do harm
to others there. Makes one namespace meho-ci-verify-…, removed at the end; all else is asked without being kept.`;

/** `meho-acceptance rke2-access …`. @returns 0 all holds, 1 too few or too many rights, 2 could not run as asked */
export async function runRke2Access(argv: readonly string[], io: StandaloneIo): Promise<ExitCode> {
  if (asksForHelp(argv)) {
    const environment = { KUBECONFIG: 'kubeconfig file or files', ...NETWORK_ENVIRONMENT };
    io.out(
      usage({
        command: 'meho-acceptance rke2-access',
        summary,
        flags: rke2AccessFlags,
        environment,
        exitCodes: cleaningUpCodes,
      }),
    );
    return 0;
  }
  const { values: found, problems: wrong } = readFlags(rke2AccessFlags, argv);
  const json = found.output === 'json';
  try {
    const problems = [...wrong];
    const env = readVerifierEnvironment();
    const access = await clusterOf(found, env, io.signal, problems);
    if (problems.length > 0 || access === undefined) {
      throw new UsageError(problems);
    }
    // Complete if there are no problems.
    const values = found as ValuesOf<typeof rke2AccessFlags>;
    io.progress?.begin();
    using api = new KubeApi(collectSecrets(access, io.secrets), values['request-timeout'] * 1000);
    const report = await runAccessCheck(api, values, { io, json, safe: fieldSafe(io.secrets) });
    io.out(json ? `${jsonText(report)}\n` : `${closingLineOf(report)}\n`);
    return report.exitCode;
  } catch (error) {
    return reportProblems(io, { command: 'rke2-access', json, error });
  }
}

const command: Standalone = { name: 'rke2-access', cleansUp: true, run: runRke2Access };
export default command;

async function runAccessCheck(
  api: KubeApi,
  values: ValuesOf<typeof rke2AccessFlags>,
  { io, json, safe }: ReportOutput,
): Promise<StepReport> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const namespace = verifyNamespace();
  const taken = contextOf(api, io, { safe, json });
  const { checks, onResult } = collector(io, { safe, json });
  await checkAccess(
    api,
    { namespace, bindRole: values['bind-role'] },
    {
      signal: io.signal,
      onResult,
    },
  );
  const durationMs = Math.round(performance.now() - started);
  if (values.junit !== undefined) {
    await writeJunit(values.junit, { verifier: 'rke2-access', checks, durationMs, startedAt });
  }
  return {
    schemaVersion: 1,
    command: 'rke2-access',
    namespace,
    startedAt,
    durationMs,
    ...endOf(checks, io.signal),
    taken,
    checks,
    phases: [],
  };
}
