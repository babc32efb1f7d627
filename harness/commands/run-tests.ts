import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Problem } from '../problem.ts';
import { run } from '../process/run.ts';
import { err, type Form, keep } from '../report/output.ts';
import type { Tally } from '../report/tally.ts';
import { repositoryRoot } from '../repository.ts';

export interface TestRun {
  readonly projects: readonly ('unit' | 'processes' | 'chart' | 'integration' | 'suites' | 'helms')[];
  /** Parts of file names; all files of the projects where empty. */
  readonly files?: readonly string[];
  /** Where `<name>.json`, `<name>.tests.json` and `<name>.junit.xml` go. */
  readonly artefacts: string;
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Every line is shown as it comes: much of it is no reason to end a run. */
const maxOutput = 256 * 1024 * 1024;

/** What the runner's JSON report says, as far as it is read here. */
interface JsonReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/**
 * Runs the test runner as a child process, with one line a test on stderr.
 *
 * @returns how many tests ended how; a run that failed without a failed test (a broken file, no test found, an
 *   unhandled error) counts as one failure, so that it can't look green
 * @throws Problem where the runner left no report
 */
export async function runTests(options: TestRun): Promise<Tally> {
  const runner = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const fileOf = (ending: string) => path.join(options.artefacts, `${options.name}.${ending}`);
  const [report, tests, junit] = [fileOf('json'), fileOf('tests.json'), fileOf('junit.xml')] as const;
  // A runner that ends before it reports must not be judged by what an earlier one wrote.
  await Promise.all([report, tests, junit].map((file) => rm(file, { force: true })));
  const args = [
    runner,
    'run',
    ...options.projects.flatMap((project) => ['--project', project]),
    '--reporter=./harness/report/vitest-reporter.ts',
    `--outputFile.tests=${tests}`,
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--reporter=junit',
    `--outputFile.junit=${junit}`,
    ...(options.files ?? []),
  ];
  const finished = await run(process.execPath, args, {
    cwd: repositoryRoot,
    timeoutMs: options.timeoutMs,
    maxOutput,
    signal: options.signal,
    acceptExitCodes: [1],
    onLine: (line) => err(`${line}\n`),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const result = await readReport(report);
  await Promise.all([keptSafe(report, 'json'), keptSafe(junit, 'xml')]);
  const tally = {
    passed: result.numPassedTests,
    failed: result.numFailedTests,
    skipped: result.numPendingTests + result.numTodoTests,
  };
  const red = finished.exitCode !== 0 || !result.success;
  return red && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** The runner writes what tests say as it came. */
async function keptSafe(file: string, form: Form): Promise<void> {
  await keep(file, form, await readFile(file, 'utf8'));
}

async function readReport(file: string): Promise<JsonReport> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JsonReport;
  } catch (error) {
    throw new Problem(
      {
        expected: `the test runner's report in ${file}`,
        observed: 'it is not there or not JSON',
        next: 'read what the runner printed above',
      },
      { cause: error },
    );
  }
}
