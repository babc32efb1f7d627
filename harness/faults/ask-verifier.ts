import { unsetVerifierVariables } from '@meho/core/config';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import type { Evaluation, Timings } from './evaluation.ts';
import type { CommandLine } from './fault.ts';
import { usage } from './fault.ts';

const timeoutMs = 120_000;

/** What is read here of `--output json`. */
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
 * Runs a verifier from the bundle in its own process.
 *
 * @throws Problem if its output isn't the JSON document
 */
export async function askVerifier(
  bundle: string,
  verifier: string,
  { flags, env }: CommandLine,
  signal: AbortSignal,
): Promise<Evaluation> {
  const args = Object.entries(flags).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
  const finished = await run(process.execPath, [bundle, verifier, ...args, '--output=json'], {
    env: { ...unsetVerifierVariables(), ...env },
    timeoutMs,
    signal,
    acceptExitCodes: [1, 2],
  });
  return { ...seenIn(finished.stdout, finished.exitCode, verifier), durationMs: finished.durationMs };
}

function seenIn(stdout: string, exitCode: number, verifier: string): Omit<Evaluation, 'durationMs'> {
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
