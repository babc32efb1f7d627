import { PassThrough } from 'node:stream';
import { UsageError } from '@meho/core/problem';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { expect, test } from 'vitest';
import { faults } from './faults.ts';
import { RunResults } from './running/run-results.ts';

const timeline = new Timeline();
const stream = new PassThrough() as unknown as NodeJS.WriteStream;
const context = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream, colour: false, timeline }),
  timeline,
  results: new RunResults(),
};
const suites = 'green-counter, install, smoke, network-policy, rollback, rke2-access, pr-smoke';

test.each<[string, readonly string[], string]>([
  ['a suite that is not there', ['nonsense'], `unknown suite "nonsense": expected ${suites}`],
  ['a name that no fault has', ['-t', 'nonsense'], `--test: expected a fault of ${suites}, got "nonsense"`],
  [
    'a fault of another suite',
    ['smoke', '-t', 'six-of-seven'],
    '--test: expected a fault of smoke, got "six-of-seven"',
  ],
  ['no regular expression', ['-t', '('], '--test: expected a regular expression, got "("'],
  ['no name at all', ['-t'], '--test: expected a value, NAME'],
])('%s is told before anything is started', async (_, args, problem) => {
  await expect(faults.run(args, context)).rejects.toEqual(new UsageError([problem]));
});
