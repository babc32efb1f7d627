import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readActionEnvironment } from '../config.ts';
import { messageOf, UsageError } from '../problem.ts';
import { run } from '../process/run.ts';
import { safeLine, safeLines } from '../report/safe-text.ts';
import { type ActionCall, actionVerifiers, callOf } from './inputs.ts';

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

async function act(): Promise<0 | 1 | 2> {
  const env = readActionEnvironment();
  const folder = await mkdtemp(path.join(env.temporaryFolder, 'meho-acceptance-'));
  const report = path.join(folder, 'report.json');
  const output = (outputs: Readonly<Record<string, string>>) =>
    appendTo(
      env.outputFile,
      Object.entries(outputs)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  let call: ActionCall;
  try {
    call = callOf(JSON.parse(env.inputs), await actionVerifiers());
  } catch (error) {
    const problems = error instanceof UsageError ? error.problems : [`inputs: ${messageOf(error)}`];
    process.stderr.write(problems.map((problem) => `${safeLine(`error: ${problem}`)}\n`).join(''));
    await output({ verdict: 'error', 'exit-code': '2', report: '', junit: '' });
    return 2;
  }
  const junit = call.verifier === 'green-counter' ? '' : path.join(folder, 'report.junit.xml');
  const reports = ['--output=json', ...(junit === '' ? [] : [`--junit=${junit}`])];
  const { exitCode, stdout, stderr } = await run(process.execPath, [program, call.verifier, ...call.args, ...reports], {
    env: { ...call.env, MEHO_ACTION_INPUTS: '' },
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
  await writeFile(report, stdout);
  process.stderr.write(stderr === '' ? '' : `${safeLines(stderr)}\n`);
  const lines = linesOf(stdout);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  const code = exitCode === 0 ? 0 : exitCode === 1 ? 1 : 2;
  const verdict = verdicts[code];
  const fence = '`'.repeat(Math.max(3, ...Array.from(lines.join('\n').matchAll(/`+/g), ([ticks]) => ticks.length + 1)));
  const fenced = [fence, ...lines, fence].join('\n');
  await appendTo(env.stepSummaryFile, `### ${call.verifier}: ${verdict}\n\n${lines.length === 0 ? '' : `${fenced}\n`}`);
  await output({ verdict, 'exit-code': String(code), report, junit: code === 2 ? '' : junit });
  return code;
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

try {
  process.exitCode = await act();
} catch (error) {
  process.stderr.write(`${safeLine(`error: ${messageOf(error)}`)}\n`);
  process.exitCode = 2;
}
