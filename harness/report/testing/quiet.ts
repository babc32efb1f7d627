import type { Progress } from '../progress.ts';

/** For tests, which have no terminal: the work is done and nothing is told. */
export const quiet: Progress = {
  step: (_title, work) => work({ update: () => undefined }),
  note: () => undefined,
  warn: () => undefined,
};
