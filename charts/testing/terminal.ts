import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';

export const terminal = new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() });
