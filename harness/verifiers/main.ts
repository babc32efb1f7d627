import { readVerifierEnvironment } from '../config.ts';
import { KnownSecrets } from '../diagnostics/known-secrets.ts';
import { annotations, err, out, painted } from '../report/output.ts';
import { interruptions } from './entry.ts';
import { written } from './lines.ts';
import { type Call, ownExit } from './own-exit.ts';
import { lineSafe, secretsOf } from './redact.ts';
import { errorDocument, lineOf } from './report.ts';
import type { ExitCode, Progress } from './standalone.ts';
import { asksForHelp, table, usage } from './usage.ts';
import { flagsOf } from './verifier.ts';
import { purposes, standalones, verifiers } from './verifiers.ts';
import { verify } from './verify.ts';

/** `meho-acceptance <verifier> …`: exit code 0 all holds, 1 a check failed, 2 it could not run as asked. */

const COMMAND = 'meho-acceptance';
const { interrupted, broken } = interruptions;
/** Known before anything else is done: whoever breaks off can't wait for the code that finds them. */
const secrets = new KnownSecrets([...secretsOf(readVerifierEnvironment()), ...(await secretsOfDatabase())]);
let cleansUp = false;

async function main(args: readonly string[], progress: Progress): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '-h' || name === '--help') {
    out(overview());
    return 0;
  }
  const standalone = name === undefined ? undefined : await standalones.get(name)?.();
  if (standalone !== undefined) {
    cleansUp = standalone.cleansUp === true;
    return standalone.run(rest, {
      ...{ out, err, annotations, secrets },
      painted: (text) => painted(process.stdout, text),
      outIsTerminal: process.stdout.isTTY === true,
      cwd: process.cwd(),
      signal: AbortSignal.any([interrupted, broken]),
      progress,
    });
  }
  const verifier = name === undefined ? undefined : verifiers.get(name);
  if (verifier === undefined) {
    const what = name === undefined ? 'a verifier must be named' : `unknown verifier ${JSON.stringify(name)}`;
    const problem = lineSafe(secrets)(what);
    if (asksForJson(args)) {
      out(errorDocument(COMMAND, [problem]));
    }
    err(`error: ${problem}\n${overview()}`);
    return 2;
  }
  if (asksForHelp(rest)) {
    const { summary, environment } = verifier;
    out(usage({ command: `${COMMAND} ${verifier.name}`, summary, flags: flagsOf(verifier), environment }));
    return 0;
  }
  const env = readVerifierEnvironment();
  return verify(verifier, rest, {
    ...{ out, err, secrets },
    tell: (report) => written(report, lineOf(report), env.noColour),
    ...{ env, signal: interrupted, broken, progress },
  });
}

function overview(): string {
  const rows = table(Object.entries(purposes)).map((row) => `${row}\n`);
  return `usage: ${COMMAND} <verifier> [flags]\n\nverifiers:\n${rows.join('')}\n\`${COMMAND} <verifier> --help\` lists its flags\n`;
}

function asksForJson(args: readonly string[]): boolean {
  return args.some((arg, index) => arg === '--output=json' || (arg === 'json' && args[index - 1] === '--output'));
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
    json: asksForJson(args),
    cleansUp,
    countsOnly: name === 'green-counter',
    safe: lineSafe(secrets),
  };
}

ownExit(interruptions, call, (progress) => main(process.argv.slice(2), progress));
