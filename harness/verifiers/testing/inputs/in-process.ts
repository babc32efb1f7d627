import { readVerifierEnvironment, withVariables } from '../../../config.ts';
import { KnownSecrets } from '../../../diagnostics/known-secrets.ts';
import { messageOf } from '../../../problem.ts';
import { secretsOfUrl } from '../../database.ts';
import { secretsOf } from '../../redact.ts';
import { lineOf } from '../../report.ts';
import { type ExitCode, Progress, type StandaloneIo } from '../../standalone.ts';
import { asksForHelp } from '../../usage.ts';
import { standalones, verifiers } from '../../verifiers.ts';
import { verify } from '../../verify.ts';
import type { Ended } from './ended.ts';
import { afterOwn, OwnTime } from './own-time.ts';
import type { Prepared } from './world.ts';
import { writtenIn } from './written.ts';

/** Runs the command that is named in this process, beside others. */
export async function runInProcess(prepared: Prepared, deadlineMs: number, signal?: AbortSignal): Promise<Ended> {
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
      // The published command would say that it broke off.
      uncaught.push(messageOf(error));
      return 2;
    }),
    overdue,
  ]);
  callOff();
  const tookMs = time.ms;
  controller.abort(new Error('the deadline of this run is over'));
  return { exitCode, stdout, stderr, tookMs, uncaught, written: await writtenIn(prepared.folder) };
}

async function call({ args, env }: Prepared, io: StandaloneIo): Promise<ExitCode> {
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

/** As the command knows them before it does anything else. */
function secretsIn(env: Prepared['env']): KnownSecrets {
  return withVariables({ ...nothingSet, ...env }, () => {
    const read = readVerifierEnvironment();
    const { databaseUrl } = read;
    return new KnownSecrets([...secretsOf(read), ...(databaseUrl === undefined ? [] : secretsOfUrl(databaseUrl))]);
  });
}

/** Nothing of this machine's environment has a say. */
export const nothingSet: Readonly<Record<string, string>> = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy']
    .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'KUBERNETES_SERVICE_HOST', 'KUBECONFIG', 'NO_COLOR')
    .concat('MEHO_ACCESS_TOKEN', 'DATABASE_URL', 'GITHUB_TOKEN', 'GITHUB_API_URL', 'GITHUB_STEP_SUMMARY', 'HELM_DRIVER')
    .concat('INSTALL_START_TS', 'SMOKE_START_TS')
    .map((name) => [name, '']),
);
