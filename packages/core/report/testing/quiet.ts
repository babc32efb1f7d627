import type { Progress } from '../progress.ts';

export const quiet: Progress = {
  step: (_title, work) => work({ update: () => undefined }),
  note: () => undefined,
  warn: () => undefined,
};
