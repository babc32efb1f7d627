import { readVerifierEnvironment } from '@meho/core/config';
import { messageOf, UsageError } from '@meho/core/problem';
import { redactor } from '@meho/core/redaction/redact';
import { fittingFailureList } from '@meho/core/report/live/fitting-failures';
import { appendReport, err, out } from '@meho/core/report/output';
import { failureList, failureMarkdown } from '@meho/core/report/run-failure';
import type { EndedEarly } from '@meho/core/report/run-report';
import { addTallies, closingLine, type Tally } from '@meho/core/report/tally';
import { phaseTable } from '@meho/core/report/timeline';
import type { CommandContext } from '../command.ts';
import { CleanUpError, countRun } from './clean-up.ts';
import { errorLines } from './error-lines.ts';
import { type CommandLine, rerunCommand } from './rerun-command.ts';
import type { RunEnd } from './write-reports.ts';

export interface Ending {
  readonly ran: CommandLine;
  /** Writes the run's report, also of a run that ended early. @returns lines about it */
  readonly report?: (end: RunEnd) => Promise<readonly string[]>;
  /** A line on stdout before the last one. */
  readonly verdict?: (isGreen: boolean) => string;
}

const oneFailure: Tally = { passed: 0, failed: 1, skipped: 0 };

/**
 * The end of every command that runs tests: phases, report, what failed and how to run that again. The count is the
 * last line, even if a phase broke off.
 *
 * @param running undefined for a plan only
 * @returns 0 if all passed, 1 if something failed, 2 if a phase broke off
 * @throws UsageError, or what interrupted the run
 */
export async function conclude(
  running: Promise<Tally | undefined>,
  context: CommandContext,
  ending: Ending,
): Promise<0 | 1 | 2> {
  const { ran, verdict } = ending;
  const { progress, results, timeline } = context;
  const { tally, error } = await settle(running, context, ending);
  if (tally === undefined) {
    return 0;
  }
  const isVerdict = error === undefined || error instanceof CleanUpError;
  const isGreen = tally.failed === 0 && tally.passed > 0;
  const { screen } = progress;
  const shown = screen === undefined ? timeline.phases : timeline.phases.filter(({ depth }) => depth === 0);
  progress.note(`\n${phaseTable(shown, timeline.elapsedMs)}\n`);
  const phase = timeline.phases.find(({ failed }) => failed)?.title;
  const why = error === undefined ? '' : errorLines(error).join('\n');
  await (isVerdict ? writeReport(tally, context, ending) : tryReport(tally, context, ending, brokeOff(phase, why)));
  if (error !== undefined) {
    err(`${why}\n`);
    results.add(oneFailure, [{ project: phase ?? ran.command, names: [], detail: why }]);
  }
  await listFailures(context, ran);
  if (isVerdict && verdict !== undefined) {
    out(`${verdict(isGreen)}\n`);
  }
  out(`${closingLine(tally)}\n`);
  return isVerdict ? (isGreen ? 0 : 1) : 2;
}

function brokeOff(during: string | undefined, why: string): EndedEarly {
  return { how: 'broke off', ...(during === undefined ? {} : { during }), why };
}

async function writeReport(
  tally: Tally,
  { progress, results }: CommandContext,
  { ran, report }: Ending,
  ended?: EndedEarly,
): Promise<void> {
  const { failures, hasBegun } = results;
  for (const line of (await report?.({ ran, tally, failures, hasBegun, ended })) ?? []) {
    progress.note(line);
  }
}

/** A run that ended early says why, whether or not its report could be written. */
async function tryReport(tally: Tally, context: CommandContext, ending: Ending, ended: EndedEarly): Promise<void> {
  try {
    await writeReport(tally, context, ending, ended);
  } catch (error) {
    err(`${errorLines(error).join('\n')}\n`);
  }
}

interface Settled {
  readonly tally: Tally | undefined;
  /** What ended a phase before its results, or was left at the end. */
  readonly error?: unknown;
}

async function settle(running: Promise<Tally | undefined>, context: CommandContext, ending: Ending): Promise<Settled> {
  try {
    const { tally, left } = await countRun(running);
    return { tally, error: left };
  } catch (error) {
    if (error instanceof UsageError) {
      throw error;
    }
    if (context.signal.aborted) {
      const ended = { ...brokeOff(context.timeline.phases.find(({ failed }) => failed)?.title, messageOf(error)) };
      await tryReport(context.results.tally, context, ending, { ...ended, how: 'interrupted' });
      await listFailures(context, ending.ran);
      throw error;
    }
    return { tally: addTallies(context.results.tally, oneFailure), error };
  }
}

/** On stderr, and in the summary of a workflow's step. */
async function listFailures({ progress, results }: CommandContext, ran: CommandLine): Promise<void> {
  const redact = redactor();
  const failures = results.failures.map((failure) => ({
    ...failure,
    detail: redact(failure.detail),
    rerun: redact(rerunCommand(failure, ran)),
  }));
  if (failures.length === 0) {
    return;
  }
  const { screen } = progress;
  // They were told in full when they happened; who watches a screen gets what fits on it.
  const list = screen === undefined ? failureList(failures) : fittingFailureList(failures, screen);
  progress.note(`\n${list}\n`);
  const { stepSummary } = readVerifierEnvironment();
  if (stepSummary !== undefined) {
    await appendReport(stepSummary, 'md', `${failureMarkdown(failures)}\n\n`);
  }
}
