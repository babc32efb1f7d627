import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { formatFailure } from './failure.ts';
import { err, keepSync } from './output.ts';
import type { TestReport } from './run-report.ts';
import { jsonText } from './safe-text.ts';
import { seconds } from './timeline.ts';

/** Projects of which each test is worth a line of its own: they take seconds and tell a story. */
const told = new Set(['suites', 'integration']);

const write = (lines: string) => err(`${lines}\n`);

/**
 * One line a test (or a file, for quick ones) on stderr, and one failure format everywhere. With `--outputFile.tests=FILE`
 * every test is written there as well, for the report of the run.
 */
export default class MehoReporter implements Reporter {
  readonly #tests: TestReport[] = [];
  #file: string | undefined;

  onInit({ config: { outputFile } }: Vitest): void {
    const files: Readonly<Record<string, string | undefined>> = typeof outputFile === 'object' ? { ...outputFile } : {};
    this.#file = files['tests'];
  }

  onTestRunEnd(): void {
    if (this.#file !== undefined) {
      keepSync(this.#file, 'json', `${jsonText(this.#tests)}\n`);
    }
  }

  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
    this.#tests.push(reportOf(testCase));
    const took = seconds(testCase.diagnostic()?.duration ?? 0);
    const where = `${testCase.project.name} › ${testCase.fullName}`;
    if (result.state === 'failed') {
      write(`[FAIL] ${where} (${took})\n${formatFailure(result.errors)}`);
    } else if (told.has(testCase.project.name)) {
      if (result.state === 'skipped') {
        write(`[skip] ${where}: ${result.note ?? 'no reason given'}`);
      } else {
        write(`[ok] ${where} (${took})`);
      }
    }
  }

  onTestModuleEnd(testModule: TestModule): void {
    const where = `${testModule.project.name} › ${testModule.relativeModuleId}`;
    for (const error of testModule.errors()) {
      write(`[FAIL] ${where}\n${formatFailure([error])}`);
      const file = testModule.relativeModuleId;
      this.#tests.push({ file, name: file, state: 'failed', durationMs: 0, detail: formatFailure([error]) });
    }
    for (const suite of testModule.children.allSuites()) {
      for (const error of suite.errors()) {
        write(`[FAIL] ${where} › ${suite.fullName}\n${formatFailure([error])}`);
      }
    }
    if (!told.has(testModule.project.name) && testModule.state() === 'passed') {
      const tests = [...testModule.children.allTests()].length;
      write(`[ok] ${where}: ${tests} tests (${seconds(testModule.diagnostic().duration)})`);
    }
  }
}

function reportOf(testCase: TestCase): TestReport {
  const result = testCase.result();
  const base = {
    file: testCase.module.relativeModuleId,
    name: testCase.fullName,
    durationMs: testCase.diagnostic()?.duration ?? 0,
  };
  switch (result.state) {
    case 'failed':
      return { ...base, state: 'failed', detail: formatFailure(result.errors) };
    case 'skipped':
      return { ...base, state: 'skipped', detail: result.note ?? 'no reason given' };
    default:
      return { ...base, state: 'passed' };
  }
}
