import { TerminalProgress } from '../../harness/report/terminal.ts';
import { Timeline } from '../../harness/report/timeline.ts';

/** Says on standard error what is made before the first test can start. */
export const terminal = new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() });
