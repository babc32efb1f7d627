import { Problem } from '../problem.ts';
import { run } from '../process/run.ts';
import type { Asked } from './story.ts';
import { usage } from './story.ts';
import type { Seen, Timings } from './verdict.ts';

const timeoutMs = 120_000;

/** The one document of `--output json`, as far as it is read here. */
interface Document {
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly problems?: readonly string[];
  readonly checks?: readonly {
    readonly id: string;
    readonly status: 'ok' | 'FAIL' | 'WARN' | 'note';
    readonly observed?: string;
    readonly hint?: string;
    readonly durationMs: number;
  }[];
  readonly durationMs?: number;
  readonly requests?: Timings['requests'];
}

/**
 * Runs a verifier as its users do, as a process of its own from the bundle, and reads its JSON document.
 *
 * @throws Problem where it printed something else
 */
export async function askVerifier(
  bundle: string,
  verifier: string,
  { flags, env }: Asked,
  signal: AbortSignal,
): Promise<Seen> {
  const args = Object.entries(flags).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
  const finished = await run(process.execPath, [bundle, verifier, ...args, '--output=json'], {
    env: { ...unset, ...env },
    timeoutMs,
    signal,
    acceptExitCodes: [1, 2],
  });
  return { ...seenIn(finished.stdout, finished.exitCode, verifier), durationMs: finished.durationMs };
}

/** A variable of whoever runs this must not decide a proof. */
const unset = {
  INSTALL_START_TS: '',
  SMOKE_START_TS: '',
  MEHO_ACCESS_TOKEN: '',
  DATABASE_URL: '',
  KUBECONFIG: '',
  SSL_CERT_FILE: '',
  SSL_CERT_DIR: '',
  CURL_CA_BUNDLE: '',
  ...Object.fromEntries(
    ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
      [name, ''],
      [name.toLowerCase(), ''],
    ]),
  ),
  GITHUB_STEP_SUMMARY: '',
};

function seenIn(stdout: string, exitCode: number, verifier: string): Omit<Seen, 'durationMs'> {
  let document: Document;
  try {
    document = JSON.parse(stdout);
  } catch (error) {
    throw new Problem(
      {
        expected: `one JSON document on the standard output of ${verifier}`,
        observed: `exit code ${exitCode} and ${JSON.stringify(stdout.slice(0, 200))}`,
        next: 'run it by hand with --output json',
      },
      { cause: error },
    );
  }
  const checks = document.checks ?? [];
  const problems = document.problems ?? [];
  const of = (status: string) => checks.filter((check) => check.status === status);
  const { durationMs: verdictMs, requests } = document;
  return {
    exitCode,
    red: document.outcome === 'error' ? [usage] : of('FAIL').map(({ id }) => id),
    warned: of('WARN').map(({ id }) => id),
    words: [
      ...problems,
      ...[...of('FAIL'), ...of('WARN')].map(({ id, observed, hint }) => `${id}: ${observed}; ${hint}`),
    ].join('\n'),
    ...(verdictMs === undefined || requests === undefined
      ? {}
      : {
          timings: {
            verdictMs,
            checksMs: Object.fromEntries(checks.map(({ id, durationMs }) => [id, durationMs])),
            requests,
          },
        }),
  };
}
