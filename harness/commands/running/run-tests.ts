import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { failureLines } from '@meho/core/failure';
import { Problem } from '@meho/core/problem';
import { type CommandResult, lastLines, run } from '@meho/core/process/run';
import { showTestStatus } from '@meho/core/report/live/show-test-status';
import { err, type Form, writeReport } from '@meho/core/report/output';
import type { RunFailure } from '@meho/core/report/run-failure';
import type { TestReport } from '@meho/core/report/run-report';
import { emptyTally, type Tally } from '@meho/core/report/tally';
import type { TerminalProgress } from '@meho/core/report/terminal';
import { repositoryRoot } from '@meho/core/repository';
import type { RunResults } from './run-results.ts';

export interface TestRun {
  readonly projects: readonly (
    | 'unit'
    | 'processes'
    | 'chart'
    | 'integration'
    | 'suites'
    | 'faults'
    | 'corpus'
    | 'helms'
  )[];
  /** Parts of file names; all if empty. */
  readonly files?: readonly string[];
  /** Only tests whose name this matches. */
  readonly testName?: string;
  /** Receives `<name>.json`, `<name>.tests.json` and `<name>.junit.xml`. */
  readonly artefacts: string;
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Receives tally and failures, even if the runner does not come to its end. */
  readonly results: RunResults;
  /** Shows what is under way where it has a screen. */
  readonly progress?: TerminalProgress;
  readonly signal: AbortSignal;
}

/** Every test with its end, for the run's report. */
export function testsFile(artefacts: string, name: string): string {
  return path.join(artefacts, `${name}.tests.json`);
}

export async function readTests(file: string): Promise<readonly TestReport[]> {
  return JSON.parse(await readFile(file, 'utf8')) as readonly TestReport[];
}

/** Much output is no reason to end a run. */
const maxOutput = 256 * 1024 * 1024;

interface JsonReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/**
 * Prints a line per test on stderr.
 *
 * @returns the tally; a failed run without a failed test (no test, a runner that ends early) counts as one failure, so
 * that it can't look green
 * @throws Problem if the runner left no report
 */
export async function runTests(options: TestRun): Promise<Tally> {
  const { artefacts, name, results } = options;
  const fileOf = (ending: string) => path.join(artefacts, `${name}.${ending}`);
  const files: ReportFiles = {
    report: fileOf('json'),
    tests: testsFile(artefacts, name),
    failures: fileOf('failures.jsonl'),
    status: fileOf('status.json'),
    junit: fileOf('junit.xml'),
  };
  // An earlier report must not pass for this run's.
  await Promise.all(Object.values(files).map((file) => rm(file, { force: true })));
  try {
    const finished = await watchRunner(options, files);
    const counted = await countTests(finished, options, files);
    const found = await failuresIn(files.failures);
    const isRed = finished.exitCode !== 0 || counted.failed > 0;
    const failures = isRed && found.length === 0 ? [noFailedTest(finished, options)] : found;
    const tally = { ...counted, failed: failures.length };
    results.add(tally, failures);
    return tally;
  } catch (error) {
    const failures = await failuresIn(files.failures);
    results.add({ ...emptyTally, failed: failures.length }, failures);
    throw error;
  }
}

interface ReportFiles {
  readonly report: string;
  readonly tests: string;
  readonly failures: string;
  readonly status: string;
  readonly junit: string;
}

async function watchRunner(options: TestRun, files: ReportFiles): Promise<CommandResult> {
  const { progress } = options;
  if (progress?.screen === undefined) {
    return startRunner(options, files);
  }
  await using _ = showTestStatus(progress, files.status);
  return await startRunner(options, files, [`--outputFile.status=${files.status}`]);
}

function startRunner(options: TestRun, files: ReportFiles, more: readonly string[] = []): Promise<CommandResult> {
  const runner = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const args = [
    runner,
    'run',
    ...options.projects.flatMap((project) => ['--project', project]),
    '--reporter=./packages/core/report/vitest-reporter.ts',
    `--outputFile.tests=${files.tests}`,
    `--outputFile.failures=${files.failures}`,
    '--reporter=json',
    `--outputFile.json=${files.report}`,
    '--reporter=junit',
    `--outputFile.junit=${files.junit}`,
    ...more,
    ...(options.testName === undefined ? [] : [`--testNamePattern=${options.testName}`]),
    ...(options.files ?? []),
  ];
  return run(process.execPath, args, {
    cwd: repositoryRoot,
    timeoutMs: options.timeoutMs,
    maxOutput,
    signal: options.signal,
    acceptExitCodes: [1],
    onLine: (line) => err(`${line}\n`),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
}

async function countTests(
  finished: CommandResult,
  { testName }: TestRun,
  { report, tests, junit }: ReportFiles,
): Promise<Tally> {
  const result = await readReport(report, finished);
  await Promise.all([makeSafe(report, 'json'), makeSafe(junit, 'xml')]);
  return {
    passed: result.numPassedTests,
    failed: result.success ? 0 : Math.max(1, result.numFailedTests),
    skipped: testName === undefined ? result.numPendingTests + result.numTodoTests : await skippedIn(tests),
  };
}

/** The reporter adds a line at each failure, so that they outlive a runner that is killed. */
async function failuresIn(file: string): Promise<readonly RunFailure[]> {
  if (!existsSync(file)) {
    return [];
  }
  // A killed runner may have left half a line.
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RunFailure);
}

function noFailedTest({ exitCode }: CommandResult, { name, projects, files = [], testName }: TestRun): RunFailure {
  const asked = [`project ${projects.join(', ')}`, ...files, ...(testName === undefined ? [] : [`-t ${testName}`])];
  return {
    project: name,
    names: [],
    detail: failureLines({
      expected: `tests of ${asked.join(' ')} that pass or fail`,
      observed: `exit code ${exitCode} of the test runner, and no failed test: no test matched, or the runner ended early`,
      next: "read what it printed under this phase's heading",
    }).join('\n'),
  };
}

/** For a run by name: the runner's report counts tests of other names as well. */
async function skippedIn(file: string): Promise<number> {
  const tests = await readTests(file);
  return tests.filter(({ state }) => state === 'skipped').length;
}

/** Redacts the file, because the runner writes test output unchanged. */
async function makeSafe(file: string, form: Form): Promise<void> {
  await writeReport(file, form, await readFile(file, 'utf8'));
}

async function readReport(file: string, { stdout, stderr }: CommandResult): Promise<JsonReport> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JsonReport;
  } catch (error) {
    throw new Problem(
      {
        expected: `the test runner's report in ${file}`,
        observed: `it is not there or not JSON; the runner said last: ${lastLines(`${stdout}\n${stderr}`, 4)}`,
        next: 'read what the runner printed above',
      },
      { cause: error },
    );
  }
}
