import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { formatFailure } from './failure.ts';
import { seconds } from './timeline.ts';

/** Projects of which each test is worth a line of its own: they take seconds and tell a story. */
const told = new Set(['suites', 'integration']);

const write = (line: string) => process.stderr.write(`${line}\n`);

/** One line a test (or a file, for quick ones) on stderr, and one failure format everywhere. */
export default class MehoReporter implements Reporter {
  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
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
