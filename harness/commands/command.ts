import type { TerminalProgress } from '@meho/core/report/terminal';
import type { Timeline } from '@meho/core/report/timeline';
import type { RunResults } from './running/run-results.ts';

export interface CommandContext {
  /** Aborted on Ctrl-C; the command then cleans up and rejects. */
  readonly signal: AbortSignal;
  readonly progress: TerminalProgress;
  readonly timeline: Timeline;
  /** Of the tests that it has run. */
  readonly results: RunResults;
}

/** Called by `npm run …`; consumers call `verifiers/`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /**
   * @returns 0 if all holds, 1 if something failed, 2 if it broke off and has said so
   * @throws UsageError for bad input, before anything is created
   */
  run(args: readonly string[], context: CommandContext): Promise<0 | 1 | 2>;
}
