import { appendFile, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { readActionEnvironment } from '../config.ts';
import { isFields } from '../kube/fields.ts';
import { messageOf, UsageError } from '../problem.ts';
import { run } from '../process/run.ts';
import { add, err, keep, out } from '../report/output.ts';
import { safeLine } from '../report/safe-text.ts';
import { interruptions } from '../verifiers/entry.ts';
import { ownExit } from '../verifiers/own-exit.ts';
import { actionVerifiers, callOf } from './inputs.ts';

/** What `action.yml` runs: a verifier with the action's inputs; its exit code becomes the step's. */

const program = path.join(import.meta.dirname, '..', 'verifiers', 'main.ts');
const timeoutMs = 30 * 60_000;
const verdicts = ['passed', 'failed', 'error'] as const;

interface Document {
  readonly problems?: readonly string[];
  readonly checks?: readonly {
    readonly status: 'ok' | 'FAIL' | 'WARN' | 'note';
    readonly id: string;
    readonly title?: string;
    readonly expected?: string;
    readonly observed?: string;
    readonly hint?: string;
    readonly reason?: string;
  }[];
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
  // The last word counts: whatever ends this, a later step finds outputs.
  await output({ verdict: 'error', 'exit-code': '2', report: '', junit: '' });
  const folder = await mkdtemp(path.join(env.temporaryFolder, 'meho-acceptance-'));
  const report = path.join(folder, 'report.json');
  const call = callOf(inputsIn(env.inputs), actionVerifiers());
  const junit = call.verifier === 'green-counter' ? '' : path.join(folder, 'report.junit.xml');
  const reports = ['--output=json', ...(junit === '' ? [] : [`--junit=${junit}`])];
  const { exitCode, stdout, stderr } = await run(process.execPath, [program, call.verifier, ...call.args, ...reports], {
    env: { ...call.env, MEHO_ACTION_INPUTS: '' },
    timeoutMs,
    signal,
    acceptExitCodes: [1, 2],
  });
  await keep(report, 'json', stdout);
  err(stderr === '' ? '' : `${stderr}\n`);
  const lines = linesOf(stdout);
  out(lines.map((line) => `${line}\n`).join(''));
  const code = exitCode === 0 ? 0 : exitCode === 1 ? 1 : 2;
  const verdict = verdicts[code];
  const fence = '`'.repeat(Math.max(3, ...Array.from(lines.join('\n').matchAll(/`+/g), ([ticks]) => ticks.length + 1)));
  const fenced = [fence, ...lines, fence].join('\n');
  if (env.stepSummaryFile !== undefined) {
    await add(
      env.stepSummaryFile,
      'md',
      `### ${call.verifier}: ${verdict}\n\n${lines.length === 0 ? '' : `${fenced}\n`}`,
    );
  }
  await output({ verdict, 'exit-code': String(code), report, junit: code === 2 ? '' : junit });
  return code;
}

/** @throws UsageError for what is no object of texts, which a workflow can't make of it */
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

/** The report as lines, for the log and the summary; an unreadable one has said why on stderr. */
function linesOf(stdout: string): readonly string[] {
  try {
    const { checks = [], problems = [] } = JSON.parse(stdout) as Document;
    return [
      ...problems.map((problem) => `error: ${problem}`),
      ...checks.map(({ status, id, title = id, expected, observed, hint, reason }) =>
        status === 'FAIL' || status === 'WARN'
          ? `[${status}] ${title}: expected ${expected}; seen ${observed}; look first: ${hint}`
          : `[${status}] ${title}: ${observed ?? reason}`,
      ),
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

/** Says in lines why there is no verdict. */
async function acted(): Promise<0 | 1 | 2> {
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

// The verifier is ended by a signal within its own deadline, and this with it.
ownExit(
  interruptions,
  () => ({ name: 'action', json: false, cleansUp: true, countsOnly: true, safe: safeLine }),
  acted,
);
