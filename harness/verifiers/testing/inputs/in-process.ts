import { readVerifierEnvironment, withVariables } from '../../../config.ts';
import { UsageError } from '../../../problem.ts';
import { readFlags } from '../../flags.ts';
import { summaryOf } from '../../lines.ts';
import { endWithoutVerdict, errorDocument } from '../../report.ts';
import { runVerifier } from '../../run-verifier.ts';
import { type ExitCode, Progress, type StandaloneIo } from '../../standalone.ts';
import { takenLine } from '../../taken.ts';
import { flagsOf } from '../../verifier.ts';
import { standalones, verifiers } from '../../verifiers.ts';
import type { Ended } from './ended.ts';
import { isHelp } from './look.ts';
import type { Prepared } from './world.ts';
import { writtenIn } from './written.ts';

/** Runs the command that is named in this process, beside others. */
export async function runInProcess(prepared: Prepared, deadlineMs: number): Promise<Ended> {
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
    signal: controller.signal,
    progress: new Progress(),
  };
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  const exitCode = await Promise.race([call(prepared, io), overdue]);
  clearTimeout(timer);
  const tookMs = performance.now() - started;
  controller.abort(new Error('the deadline of this run is over'));
  return { exitCode, stdout, stderr, tookMs, uncaught: [], written: await writtenIn(prepared.folder) };
}

async function call({ args, env }: Prepared, io: StandaloneIo): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  const standalone = await standalones.get(name)?.();
  const verifier = await verifiers.get(name)?.();
  if (standalone !== undefined) {
    return withVariables({ ...nothingSet, ...env }, () => standalone.run(rest, io));
  }
  if (verifier === undefined || isHelp(rest)) {
    return 2;
  }
  const json = readFlags(flagsOf(verifier), rest).values['output'] === 'json';
  const { progress = new Progress(), signal } = io;
  try {
    const report = await withVariables({ ...nothingSet, ...env }, () =>
      runVerifier(verifier, rest, {
        env: readVerifierEnvironment(),
        signal,
        progress,
        onLine: (check, line) => {
          if (!json) {
            (check.status === 'FAIL' || check.status === 'WARN' ? io.err : io.out)(`${line}\n`);
          }
        },
        onTaken: (taken) => {
          const line = takenLine(taken);
          if (!json && line !== undefined) {
            io.out(`${line}\n`);
          }
        },
      }),
    );
    io.out(json ? `${JSON.stringify(report, null, 2)}\n` : `${summaryOf(report)}\n`);
    return report.exitCode;
  } catch (error) {
    const { problems, exitCode } = endWithoutVerdict(verifier.name, { error, signal, progress });
    if (json) {
      io.out(errorDocument(verifier.name, problems, exitCode));
    }
    for (const problem of problems) {
      io.err(`error: ${problem}\n`);
    }
    if (error instanceof UsageError) {
      io.err(`\`meho-acceptance ${verifier.name} --help\` lists the flags\n`);
    }
    return exitCode;
  }
}

/** Nothing of this machine's environment has a say. */
export const nothingSet: Readonly<Record<string, string>> = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy']
    .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'KUBERNETES_SERVICE_HOST', 'KUBECONFIG', 'NO_COLOR')
    .concat('MEHO_ACCESS_TOKEN', 'DATABASE_URL', 'GITHUB_TOKEN', 'GITHUB_API_URL', 'GITHUB_STEP_SUMMARY', 'HELM_DRIVER')
    .concat('INSTALL_START_TS', 'SMOKE_START_TS')
    .map((name) => [name, '']),
);
