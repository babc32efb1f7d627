import { readVerifierEnvironment } from '../config.ts';
import { messageOf, UsageError } from '../problem.ts';
import { readFlags } from './flags.ts';
import { Interrupted } from './interrupted.ts';
import { summaryOf, written } from './lines.ts';
import { type CheckReport, errorDocument, lineOf } from './report.ts';
import { runVerifier } from './run-verifier.ts';
import type { ExitCode } from './standalone.ts';
import { type Taken, takenLine } from './taken.ts';
import { table, usage } from './usage.ts';
import { flagsOf, type Verifier } from './verifier.ts';
import { purposes, standalones, verifiers } from './verifiers.ts';

/** `meho-acceptance <verifier> …`: exit code 0 all holds, 1 a check failed, 2 it could not run as asked. */

const COMMAND = 'meho-acceptance';

async function main(args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '-h' || name === '--help') {
    process.stdout.write(overview());
    return 0;
  }
  const standalone = name === undefined ? undefined : await standalones.get(name)?.();
  if (standalone !== undefined) {
    return standalone.run(rest, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      outIsTerminal: process.stdout.isTTY === true,
      cwd: process.cwd(),
      signal,
    });
  }
  const load = name === undefined ? undefined : verifiers.get(name);
  if (load === undefined) {
    const what = name === undefined ? 'a verifier must be named' : `unknown verifier ${JSON.stringify(name)}`;
    process.stderr.write(`error: ${what}\n${overview()}`);
    return 2;
  }
  const verifier = await load();
  if (asksForHelp(rest)) {
    const { summary, environment } = verifier;
    process.stdout.write(
      usage({ command: `${COMMAND} ${verifier.name}`, summary, flags: flagsOf(verifier), environment }),
    );
    return 0;
  }
  return verify(verifier, rest, signal);
}

async function verify(verifier: Verifier, args: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  // Decides how everything else is said, so it is read before anything can go wrong.
  const json = readFlags(flagsOf(verifier), args).values['output'] === 'json';
  const env = readVerifierEnvironment();
  try {
    const onLine = (report: CheckReport) => {
      if (!json) {
        written(report, lineOf(report), env.noColour);
      }
    };
    const onTaken = (taken: Taken) => {
      const line = takenLine(taken);
      if (!json && line !== undefined) {
        process.stdout.write(`${line}\n`);
      }
    };
    const report = await runVerifier(verifier, args, { env, signal, onLine, onTaken });
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${summaryOf(report)}\n`);
    return report.exitCode;
  } catch (error) {
    const problems = signal.aborted
      ? [`${messageOf(signal.reason)}: no verdict`]
      : error instanceof UsageError
        ? error.problems
        : [`${verifier.name} broke off: ${messageOf(error)}`];
    if (json) {
      process.stdout.write(errorDocument(verifier.name, problems));
    }
    for (const problem of problems) {
      process.stderr.write(`error: ${problem}\n`);
    }
    if (error instanceof UsageError) {
      process.stderr.write(`\`${COMMAND} ${verifier.name} --help\` lists the flags\n`);
    }
    return 2;
  }
}

function overview(): string {
  const rows = table(Object.entries(purposes)).map((row) => `${row}\n`);
  return `usage: ${COMMAND} <verifier> [flags]\n\nverifiers:\n${rows.join('')}\n\`${COMMAND} <verifier> --help\` lists its flags\n`;
}

/** Before a `--`, as everywhere else. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '-h' || arg === '--help');
}

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => controller.abort(new Interrupted(name)));
}
// Whoever reads our lines may stop early (`| head`); the exit code still tells the verdict.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

try {
  process.exitCode = await main(process.argv.slice(2), controller.signal);
} catch (error) {
  process.stderr.write(`error: ${messageOf(error)}\n`);
  process.exitCode = 2;
}
