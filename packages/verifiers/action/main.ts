import { appendFile, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { interruptions } from '@meho/core/command-line/entry';
import { runAndExit } from '@meho/core/command-line/run-and-exit';
import { readActionEnvironment } from '@meho/core/config/action';
import { messageOf, UsageError } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { appendReport, err, out, writeReport } from '@meho/core/report/output';
import { safeLine } from '@meho/core/report/safe-text';
import { isFields } from '@meho/kube/api/fields';
import { type CheckReport, lineOf } from '../report/report.ts';
import { actionVerifiers, callOf } from './inputs.ts';

/** Runs a verifier for `action.yml`; its exit code becomes the step's. */

const timeoutMs = 30 * 60_000;
const verdicts = ['passed', 'failed', 'error'] as const;

interface Document {
  readonly problems?: readonly string[];
  /** The streak has no title. */
  readonly checks?: readonly (Omit<CheckReport, 'title'> & Partial<Pick<CheckReport, 'title'>>)[];
}

async function act(signal: AbortSignal): Promise<0 | 1 | 2> {
  const env = readActionEnvironment();
  const output = (outputs: Readonly<Record<string, string>>) =>
    appendTo(
      env.outputFile,
      Object.entries(outputs)
        .map(([name, value]) => `${name}=${value.replace(/[\r\n]/g, ' ')}\n`)
        .join(''),
    );
  // Set first, so that outputs exist however this ends: the last value counts.
  await output({ verdict: 'error', 'exit-code': '2', report: '', junit: '' });
  const folder = await mkdtemp(path.join(env.temporaryFolder, 'meho-acceptance-'));
  const report = path.join(folder, 'report.json');
  const call = callOf(inputsIn(env.inputs), actionVerifiers());
  const junit = call.verifier === 'green-counter' ? '' : path.join(folder, 'report.junit.xml');
  const reports = ['--output=json', ...(junit === '' ? [] : [`--junit=${junit}`])];
  // The launcher that started this process.
  const program = process.argv[1] ?? '';
  const { exitCode, stdout, stderr } = await run(process.execPath, [program, call.verifier, ...call.args, ...reports], {
    env: { ...call.env, MEHO_ACTION_INPUTS: '' },
    timeoutMs,
    signal,
    acceptExitCodes: [1, 2],
  });
  await writeReport(report, 'json', stdout);
  err(stderr === '' ? '' : `${stderr}\n`);
  const lines = linesOf(stdout);
  out(lines.map((line) => `${line}\n`).join(''));
  const code = exitCode === 0 ? 0 : exitCode === 1 ? 1 : 2;
  const verdict = verdicts[code];
  const fence = '`'.repeat(Math.max(3, ...Array.from(lines.join('\n').matchAll(/`+/g), ([ticks]) => ticks.length + 1)));
  const fenced = [fence, ...lines, fence].join('\n');
  if (env.stepSummaryFile !== undefined) {
    await appendReport(
      env.stepSummaryFile,
      'md',
      `### ${call.verifier}: ${verdict}\n\n${lines.length === 0 ? '' : `${fenced}\n`}`,
    );
  }
  await output({ verdict, 'exit-code': String(code), report, junit: code === 2 ? '' : junit });
  return code;
}

/** @throws UsageError unless it is an object of strings */
function inputsIn(text: string): Readonly<Record<string, string>> {
  let inputs: unknown;
  try {
    inputs = JSON.parse(text);
  } catch (error) {
    throw new UsageError([`inputs: ${messageOf(error)}`], { cause: error });
  }
  if (!isFields(inputs) || !Object.values(inputs).every((value) => typeof value === 'string')) {
    throw new UsageError(['inputs: expected an object of texts']);
  }
  return inputs as Readonly<Record<string, string>>;
}

/** If the report is unreadable, stderr has said why. */
function linesOf(stdout: string): readonly string[] {
  try {
    const { checks = [], problems = [] } = JSON.parse(stdout) as Document;
    return [
      ...problems.map((problem) => `error: ${problem}`),
      ...checks.map((check) => lineOf({ ...check, title: check.title ?? check.id })),
    ].map(safeLine);
  } catch {
    return [];
  }
}

async function appendTo(file: string | undefined, text: string): Promise<void> {
  if (file !== undefined) {
    await appendFile(file, text);
  }
}

async function runAction(): Promise<0 | 1 | 2> {
  const { interrupted, broken } = interruptions;
  try {
    return await act(AbortSignal.any([interrupted, broken]));
  } catch (error) {
    const problems = interrupted.aborted
      ? [`${messageOf(interrupted.reason)}: no verdict`]
      : error instanceof UsageError
        ? error.problems
        : [messageOf(error)];
    err(problems.map((problem) => `${safeLine(`error: ${problem}`)}\n`).join(''));
    return 2;
  }
}

// A signal first ends the verifier and then this process, within its deadline.
runAndExit(
  interruptions,
  () => ({ name: 'action', json: false, cleansUp: true, countsOnly: true, safe: safeLine }),
  runAction,
);
