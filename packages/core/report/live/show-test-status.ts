import { rm } from 'node:fs/promises';
import type { TerminalProgress } from '../terminal.ts';
import { statusLines, type TestStatus } from './test-status.ts';
import { readTestStatus } from './test-status-file.ts';

/** As often as the clock moves. */
const intervalMs = 200;

/** Shows what another process's test runner writes to a file, and removes the file in the end. */
export function showTestStatus(progress: Pick<TerminalProgress, 'showBelow'>, file: string): AsyncDisposable {
  let last: TestStatus | undefined;
  let reading = Promise.resolve();
  const read = async () => {
    last = (await readTestStatus(file)) ?? last;
  };
  const timer = setInterval(() => {
    // A file that can't be read shows nothing, and ends no run.
    reading = reading.then(read).catch(() => undefined);
  }, intervalMs);
  timer.unref();
  const shown = progress.showBelow((space) => (last === undefined ? [] : statusLines(last, space, Date.now())));
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      shown[Symbol.dispose]();
      await reading;
      await rm(file, { force: true });
    },
  };
}
