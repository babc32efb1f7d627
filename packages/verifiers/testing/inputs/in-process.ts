import { type ExitCode, Progress } from '@meho/core/command-line/exit-code';
import { asksForHelp } from '@meho/core/command-line/usage';
import { readVerifierEnvironment, withVariables } from '@meho/core/config';
import { messageOf } from '@meho/core/problem';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { secretsOfUrl } from '../../flags/database.ts';
import { secretsOf } from '../../report/redact.ts';
import { lineOf } from '../../report/report.ts';
import type { StandaloneIo } from '../../standalone.ts';
import { standalones, verifiers } from '../../verifiers.ts';
import { verify } from '../../verify.ts';
import { readOutputFiles } from './output-files.ts';
import { afterOwn, OwnTime } from './own-time.ts';
import type { RunResult } from './run-result.ts';
import type { PreparedInput } from './shared-fixture.ts';

export async function runInProcess(
  prepared: PreparedInput,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<RunResult> {
  let [stdout, stderr] = ['', ''];
  const controller = new AbortController();
  const io: StandaloneIo = {
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    outIsTerminal: false,
    cwd: prepared.folder,
    signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
    secrets: secretsIn(prepared.env),
    progress: new Progress(),
  };
  const time = new OwnTime('self');
  let callOff: () => void = () => undefined;
  const overdue = new Promise<undefined>((resolve) => {
    callOff = afterOwn(time, deadlineMs, () => resolve(undefined));
  });
  const uncaught: string[] = [];
  const exitCode = await Promise.race([
    call(prepared, io).catch((error: unknown): ExitCode => {
      // The published command would report that it broke off.
      uncaught.push(messageOf(error));
      return 2;
    }),
    overdue,
  ]);
  callOff();
  const tookMs = time.ms;
  controller.abort(new Error('the deadline of this run is over'));
  return { exitCode, stdout, stderr, tookMs, uncaught, written: await readOutputFiles(prepared.folder) };
}

async function call({ args, env }: PreparedInput, io: StandaloneIo): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  const standalone = await standalones.get(name)?.();
  const verifier = verifiers.get(name);
  if (standalone !== undefined) {
    return withVariables({ ...nothingSet, ...env }, () => standalone.run(rest, io));
  }
  if (verifier === undefined || asksForHelp(rest)) {
    return 2;
  }
  return withVariables({ ...nothingSet, ...env }, () => {
    const read = readVerifierEnvironment();
    return verify(verifier, rest, {
      ...io,
      ...{ env: read, broken: new AbortController().signal, progress: io.progress ?? new Progress() },
      tell: (report) => (report.status === 'FAIL' || report.status === 'WARN' ? io.err : io.out)(`${lineOf(report)}\n`),
    });
  });
}

function secretsIn(env: PreparedInput['env']): KnownSecrets {
  return withVariables({ ...nothingSet, ...env }, () => {
    const read = readVerifierEnvironment();
    const { databaseUrl } = read;
    return new KnownSecrets([...secretsOf(read), ...(databaseUrl === undefined ? [] : secretsOfUrl(databaseUrl))]);
  });
}

/** Unsets this machine's environment. */
export const nothingSet: Readonly<Record<string, string>> = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy']
    .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'KUBERNETES_SERVICE_HOST', 'KUBECONFIG', 'NO_COLOR')
    .concat('MEHO_ACCESS_TOKEN', 'DATABASE_URL', 'GITHUB_TOKEN', 'GITHUB_API_URL', 'GITHUB_STEP_SUMMARY', 'HELM_DRIVER')
    .concat('INSTALL_START_TS', 'SMOKE_START_TS')
    .map((name) => [name, '']),
);
