import { readFile } from 'node:fs/promises';
import type { TestCase, TestModule } from 'vitest/node';
import { writeReportSync } from '../output.ts';
import type { TestReport } from '../run-report.ts';
import type { TestStatus, TestUnderWay } from './test-status.ts';

/** Keeps a file up to date with what the runner is at. */
export class TestStatusWriter {
  readonly #file: string;
  readonly #underWay = new Map<string, TestUnderWay>();
  readonly #waiting = new Set<string>();
  readonly #ends = { passed: 0, failed: 0, skipped: 0 };
  #filesLeft = 0;

  constructor(file: string) {
    this.#file = file;
  }

  started(files: number): void {
    this.#filesLeft = files;
    this.#write();
  }

  collected(testModule: TestModule): void {
    this.#filesLeft -= 1;
    for (const test of testModule.children.allTests('pending')) {
      this.#waiting.add(test.id);
    }
    this.#write();
  }

  ready({ id, module, name }: TestCase): void {
    this.#waiting.delete(id);
    this.#underWay.set(id, { file: module.relativeModuleId, name, startedMs: Date.now() });
    this.#write();
  }

  ended({ id }: TestCase, state: TestReport['state']): void {
    this.#waiting.delete(id);
    this.#underWay.delete(id);
    this.#ends[state] += 1;
    this.#write();
  }

  /** What a failed hook kept from running has no end of its own. */
  moduleEnded(testModule: TestModule): void {
    for (const { id } of testModule.children.allTests()) {
      this.#waiting.delete(id);
      this.#underWay.delete(id);
    }
    this.#write();
  }

  #write(): void {
    const status: TestStatus = {
      ...this.#ends,
      left: this.#waiting.size,
      filesLeft: Math.max(0, this.#filesLeft),
      underWay: [...this.#underWay.values()],
    };
    writeReportSync(this.#file, 'json', JSON.stringify(status));
  }
}

/** @returns undefined where there is none yet, or one that is being written */
export async function readTestStatus(file: string): Promise<TestStatus | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TestStatus;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing || error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
