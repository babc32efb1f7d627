import { readPipesAhead } from '@meho/core/bounded-file';
import { interruptions } from '@meho/core/command-line/entry';
import { errorDocument } from '@meho/core/command-line/error-document';
import type { ExitCode, Progress } from '@meho/core/command-line/exit-code';
import { type Call, runAndExit } from '@meho/core/command-line/run-and-exit';
import { asksForHelp, asksForJson, filesNamedBy, table, usage } from '@meho/core/command-line/usage';
import { filesOfVariables, readVerifierEnvironment } from '@meho/core/config';
import { secretsOfArguments } from '@meho/core/redaction/argument-secrets';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { annotations, err, out, writeColoured } from '@meho/core/report/output';
import { writeLine } from './report/lines.ts';
import { secretsOf } from './report/redact.ts';
import { lineOf } from './report/report.ts';
import { flagsOf } from './verifier.ts';
import { purposes, standalones, verifiers } from './verifiers.ts';
import { verify } from './verify.ts';

/** `meho-acceptance <verifier> …`: exit code 0 all holds, 1 a check failed, 2 could not run as asked. */

const COMMAND = 'meho-acceptance';
const { interrupted, broken } = interruptions;
/** Collected first: a run that breaks off can't wait to find them. */
const secrets = new KnownSecrets([
  ...secretsOf(readVerifierEnvironment()),
  ...secretsOfArguments(process.argv.slice(2)),
]);
let cleansUp = false;

async function main(args: readonly string[], progress: Progress): Promise<ExitCode> {
  const [name, ...rest] = args;
  // Before any word that could hold one of them.
  secrets.add(await secretsOfDatabase());
  if (name === '-h' || name === '--help') {
    out(overview());
    return 0;
  }
  const standalone = name === undefined ? undefined : await standalones.get(name)?.();
  if (standalone !== undefined) {
    cleansUp = standalone.cleansUp === true;
    await readPipesAhead(filesNamedBy(rest), interrupted);
    return standalone.run(rest, {
      ...{ out, err, annotations, secrets },
      painted: (text) => writeColoured(process.stdout, text),
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
  await readPipesAhead(filesNamedBy(rest), interrupted);
  const env = readVerifierEnvironment();
  return verify(verifier, rest, {
    ...{ out, err, secrets },
    tell: (report) => writeLine(report, lineOf(report), env.noColour),
    ...{ env, signal: interrupted, broken, progress },
  });
}

function overview(): string {
  const rows = table(Object.entries(purposes)).map((row) => `${row}\n`);
  return `usage: ${COMMAND} <verifier> [flags]\n\nverifiers:\n${rows.join('')}\n\`${COMMAND} <verifier> --help\` lists its flags\n`;
}

async function secretsOfDatabase(): Promise<readonly string[]> {
  const { databaseUrl } = readVerifierEnvironment();
  if (databaseUrl === undefined) {
    return [];
  }
  await readPipesAhead(filesOfVariables(), interrupted);
  return (await import('./flags/database.ts')).secretsOfUrl(databaseUrl);
}

/** Reads the call without any code that may have failed. */
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

runAndExit(interruptions, call, (progress) => main(process.argv.slice(2), progress));
