import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestSpecification,
  TestSuite,
  Vitest,
} from 'vitest/node';
import { type FailureRecord, failureParts, formatFailure } from './failure.ts';
import { TestStatusWriter } from './live/test-status-file.ts';
import { appendReportSync, err, writeReportSync } from './output.ts';
import { type RunFailure, titleOf } from './run-failure.ts';
import type { TestReport } from './run-report.ts';
import { jsonText } from './safe-text.ts';
import { seconds } from './timeline.ts';

/** Slow tests, each worth a line. */
const told = new Set(['suites', 'faults', 'corpus', 'integration']);

const write = (lines: string) => err(`${lines}\n`);

/**
 * A line per test (per file for quick ones) on stderr. `--outputFile.tests=FILE` also writes all tests, for the run's
 * report; `--outputFile.failures=FILE` gains a line at each failure. `--outputFile.status=FILE` is for who shows what is
 * under way: then only failures have lines.
 */
export default class MehoReporter implements Reporter {
  readonly #tests: TestReport[] = [];
  #file: string | undefined;
  #failures: string | undefined;
  #status: TestStatusWriter | undefined;
  #isByName = false;

  onInit(vitest: Vitest): void {
    const { outputFile } = vitest.config;
    this.#isByName = vitest.getGlobalTestNamePattern() !== undefined;
    const files: Readonly<Record<string, string | undefined>> = typeof outputFile === 'object' ? { ...outputFile } : {};
    this.#file = files['tests'];
    this.#failures = files['failures'];
    this.#status = files['status'] === undefined ? undefined : new TestStatusWriter(files['status']);
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#status?.started(specifications.length);
  }

  onTestModuleCollected(testModule: TestModule): void {
    this.#status?.collected(testModule);
  }

  onTestCaseReady(testCase: TestCase): void {
    if (testCase.result().state === 'pending') {
      this.#status?.ready(testCase);
    }
  }

  onTestRunEnd(_modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const error of unhandled) {
      this.#fail({ project: 'an error that no test caught', names: [] }, [error]);
    }
    this.#writeTests();
  }

  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
    // A filter by name defines the whole run: the rest is not reported as skipped.
    if (this.#isByName && result.state === 'skipped' && result.note === undefined) {
      return;
    }
    const reported = reportOf(testCase);
    this.#tests.push(reported);
    this.#status?.ended(testCase, reported.state);
    const took = seconds(testCase.diagnostic()?.duration ?? 0);
    const where = `${testCase.project.name} › ${testCase.fullName}`;
    if (result.state === 'failed') {
      this.#fail(placeOf(testCase), result.errors, ` (${took})`);
    } else if (this.#status === undefined && told.has(testCase.project.name)) {
      if (result.state === 'skipped') {
        write(`[skip] ${where}: ${result.note ?? 'no reason given'}`);
      } else {
        write(`[ok] ${where} (${took})`);
      }
    }
    // Slow ones are few: a run that is interrupted keeps what came to its end.
    if (told.has(testCase.project.name)) {
      this.#writeTests();
    }
  }

  onTestModuleEnd(testModule: TestModule): void {
    this.#status?.moduleEnded(testModule);
    const where = `${testModule.project.name} › ${testModule.relativeModuleId}`;
    const file = testModule.relativeModuleId;
    for (const error of testModule.errors()) {
      this.#fail({ project: testModule.project.name, file, names: [] }, [error]);
      this.#tests.push(failedTest({ file, name: file, durationMs: 0 }, [error]));
    }
    for (const suite of testModule.children.allSuites()) {
      for (const error of suite.errors()) {
        this.#fail(placeOf(suite), [error]);
        this.#tests.push(failedTest({ file, name: suite.fullName, durationMs: 0 }, [error]));
      }
    }
    if (!told.has(testModule.project.name) && testModule.state() === 'passed') {
      const tests = [...testModule.children.allTests()].length;
      write(`[ok] ${where}: ${tests} tests (${seconds(testModule.diagnostic().duration)})`);
    }
  }

  #writeTests(): void {
    if (this.#file !== undefined) {
      writeReportSync(this.#file, 'json', `${jsonText(this.#tests)}\n`);
    }
  }

  #fail(place: Omit<RunFailure, 'detail'>, errors: readonly FailureRecord[], took = ''): void {
    const failure: RunFailure = { ...place, detail: formatFailure(errors) };
    write(`[FAIL] ${titleOf(failure)}${took}\n${failure.detail}`);
    if (this.#failures !== undefined) {
      appendReportSync(this.#failures, 'jsonl', `${JSON.stringify(failure)}\n`);
    }
  }
}

function placeOf(task: TestCase | TestSuite): Omit<RunFailure, 'detail'> {
  const names: string[] = [];
  for (let at: TestCase | TestSuite | TestModule = task; at.type !== 'module'; at = at.parent) {
    names.unshift(at.name);
  }
  return { project: task.project.name, file: task.module.relativeModuleId, names };
}

function reportOf(testCase: TestCase): TestReport {
  const result = testCase.result();
  const took = testCase.diagnostic();
  const base = {
    file: testCase.module.relativeModuleId,
    name: testCase.fullName,
    durationMs: took?.duration ?? 0,
    ...(took === undefined ? {} : { startedAt: new Date(took.startTime).toISOString() }),
  };
  switch (result.state) {
    case 'failed':
      return failedTest(base, result.errors);
    case 'skipped':
      return { ...base, state: 'skipped', detail: result.note ?? 'no reason given' };
    default:
      return { ...base, state: 'passed' };
  }
}

function failedTest(base: Omit<TestReport, 'state' | 'detail'>, errors: readonly FailureRecord[]): TestReport {
  return { ...base, state: 'failed', detail: formatFailure(errors), failure: failureParts(errors) };
}
