import type { TerminalProgress } from '../report/terminal.ts';
import type { Timeline } from '../report/timeline.ts';

/** What a command of this repository gets to work with. */
export interface CommandContext {
  /** Aborted on Ctrl-C; a command then cleans up and rejects. */
  readonly signal: AbortSignal;
  readonly progress: TerminalProgress;
  readonly timeline: Timeline;
}

/** A command of the repository itself (`npm run …`); what consumers call is in `verifiers/`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  /**
   * @returns the exit code: 0 all holds, 1 something failed
   * @throws UsageError for bad input, before anything is created
   */
  run(args: readonly string[], context: CommandContext): Promise<0 | 1>;
}
