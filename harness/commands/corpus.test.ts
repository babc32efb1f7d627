import { PassThrough } from 'node:stream';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { expect, test } from 'vitest';
import { corpus } from './corpus.ts';
import { RunResults } from './running/run-results.ts';

const timeline = new Timeline();
const stream = new PassThrough() as unknown as NodeJS.WriteStream;
const context = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream, colour: false, timeline }),
  timeline,
  results: new RunResults(),
};

test('a name that no migration has is told before anything is started', async () => {
  await expect(corpus.run(['-t', 'nonsense'], context)).rejects.toThrow(
    /^--test: expected a migration of .*\/corpus, got "nonsense"$/,
  );
});
