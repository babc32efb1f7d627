import { readVerifierEnvironment } from '../config.ts';
import { interruptions } from './entry.ts';
import { written } from './lines.ts';
import { type Call, ownExit } from './own-exit.ts';
import { lineSafe, secretsOf } from './redact.ts';
import { lineOf } from './report.ts';
import type { ExitCode, Progress } from './standalone.ts';
import { table, usage } from './usage.ts';
import { flagsOf } from './verifier.ts';
import { purposes, standalones, verifiers } from './verifiers.ts';
import { verify } from './verify.ts';

/** `meho-acceptance <verifier> …`: exit code 0 all holds, 1 a check failed, 2 it could not run as asked. */

const COMMAND = 'meho-acceptance';
const { interrupted, broken } = interruptions;
/** Known before anything else is done: whoever breaks off can't wait for the code that finds them. */
const databaseSecrets = await secretsOfDatabase();
let cleansUp = false;

async function main(args: readonly string[], progress: Progress): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '-h' || name === '--help') {
    process.stdout.write(overview());
    return 0;
  }
  const standalone = name === undefined ? undefined : await standalones.get(name)?.();
  if (standalone !== undefined) {
    cleansUp = standalone.cleansUp === true;
    return standalone.run(rest, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      outIsTerminal: process.stdout.isTTY === true,
      cwd: process.cwd(),
      signal: AbortSignal.any([interrupted, broken]),
      progress,
    });
  }
  const load = name === undefined ? undefined : verifiers.get(name);
  if (load === undefined) {
    const what = name === undefined ? 'a verifier must be named' : `unknown verifier ${JSON.stringify(name)}`;
    process.stderr.write(`${lineSafe([])(`error: ${what}`)}\n${overview()}`);
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
  const env = readVerifierEnvironment();
  return verify(verifier, rest, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    tell: (report) => written(report, lineOf(report), env.noColour),
    ...{ env, databaseSecrets, signal: interrupted, broken, progress },
  });
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

async function secretsOfDatabase(): Promise<readonly string[]> {
  const { databaseUrl } = readVerifierEnvironment();
  return databaseUrl === undefined ? [] : (await import('./database.ts')).secretsOfUrl(databaseUrl);
}

/** What was called, read anew without any of the ways that may have broken. */
function call(): Call {
  const [name, ...args] = process.argv.slice(2);
  return {
    name,
    json: args.some((arg, index) => arg === '--output=json' || (arg === 'json' && args[index - 1] === '--output')),
    cleansUp,
    countsOnly: name === 'green-counter',
    safe: lineSafe([...secretsOf(readVerifierEnvironment()), ...databaseSecrets]),
  };
}

ownExit(interruptions, call, (progress) => main(process.argv.slice(2), progress));
