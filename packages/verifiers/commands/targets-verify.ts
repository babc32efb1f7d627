import path from 'node:path';
import { readBounded, whyUnreadable } from '@meho/core/bounded-file';
import { errorDocument } from '@meho/core/command-line/error-document';
import { defaulted, readFlags } from '@meho/core/command-line/flags';
import { asksForHelp, usage } from '@meho/core/command-line/usage';
import { oneOf } from '@meho/core/command-line/values';
import { messageOf, UsageError } from '@meho/core/problem';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { jsonText } from '@meho/core/report/safe-text';
import { verifyTargets } from '@meho/lab/targets/verify-targets';
import type { Standalone, StandaloneIo } from '../standalone.ts';

export const targetsVerifyFlags = {
  output: defaulted(
    'text|json',
    'json: one document on standard output instead of lines',
    oneOf('text', 'json'),
    'text',
  ),
};

const summary = `Verifies the entry rdc-meho of a targets.yaml: its shape, and what must not be in it. Tells every problem with its line.`;
const NAME = 'targets-verify';

/** `meho-acceptance targets-verify FILE`. @returns 0 all holds, 1 something doesn't, 2 could not run as asked */
export async function runTargetsVerify(argv: readonly string[], io: StandaloneIo): Promise<0 | 1 | 2> {
  if (asksForHelp(argv)) {
    io.out(usage({ command: `meho-acceptance ${NAME} FILE`, summary, flags: targetsVerifyFlags, environment: {} }));
    return 0;
  }
  const safe = lineSafe(io.secrets);
  try {
    const { file, output } = readArguments(argv);
    const problems = verifyTargets(textOf(path.resolve(io.cwd, file), file));
    const exitCode = problems.length === 0 ? 0 : 1;
    if (output === 'json') {
      const outcome = exitCode === 0 ? 'passed' : 'failed';
      io.out(`${jsonText({ schemaVersion: 1, verifier: NAME, outcome, exitCode, file, findings: problems })}\n`);
      return exitCode;
    }
    for (const { line, column, path: where, message } of problems) {
      io.err(`[FAIL] ${safe(`${file}:${line}:${column} ${where === '' ? '' : `${where}: `}${message}`)}\n`);
    }
    if (exitCode === 0) {
      io.out(`[ok] ${safe(file)}: rdc-meho is as it must be\n`);
    }
    io.out(`${NAME}: ${exitCode === 0 ? 'passed' : `failed, ${problems.length} problems`}\n`);
    return exitCode;
  } catch (error) {
    const problems = error instanceof UsageError ? error.problems : [`${NAME} broke off: ${messageOf(error)}`];
    if (split(argv).read.values.output === 'json') {
      io.out(errorDocument(NAME, problems.map(safe)));
    }
    for (const problem of problems) {
      io.err(`error: ${safe(problem)}\n`);
    }
    return 2;
  }
}

const command: Standalone = { name: NAME, run: runTargetsVerify };
export default command;

function split(argv: readonly string[]) {
  const isValue = (index: number) => argv[index - 1] === '--output';
  const files = argv.filter((arg, index) => !arg.startsWith('-') && !isValue(index));
  const flags = argv.filter((arg, index) => arg.startsWith('-') || isValue(index));
  return { files, read: readFlags(targetsVerifyFlags, flags) };
}

function readArguments(argv: readonly string[]): { readonly file: string; readonly output: 'text' | 'json' } {
  const { files, read } = split(argv);
  const { values, problems } = read;
  const [file] = files;
  const all = [...problems, ...(files.length === 1 ? [] : [`expected one FILE, got ${files.length}`])];
  if (all.length > 0 || file === undefined || values.output === undefined) {
    throw new UsageError(all);
  }
  return { file, output: values.output };
}

function textOf(file: string, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBounded(file));
  } catch (error) {
    const why = error instanceof TypeError ? 'it is not in UTF-8' : whyUnreadable(error);
    throw new UsageError([`${shown}: expected a readable file in UTF-8, but ${why}`], { cause: error });
  }
}
