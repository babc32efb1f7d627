import { UsageError } from '@meho/core/problem';
import { runExclusively } from '@meho/core/runs/exclusive';
import { type HeldRun, heldRuns, isAlive } from '@meho/core/runs/held';
import { holds, notYet, WaitError, waitFor } from '@meho/core/wait/wait-for';
import type { CommandContext } from '../command.ts';

const whys = { up: '`npm run up` keeps it', kept: '`--keep` has kept it' } as const;
/** Whoever holds the name says at once who it is. */
const askDeadlineMs = 1_000;
/** More than its own clean-up may take. */
const endDeadlineMs = 120_000;

/** One line each, so that nobody wonders where the memory is. */
export async function noteHeldRuns({ progress }: Pick<CommandContext, 'progress'>): Promise<void> {
  for (const { kind, run } of await heldRuns()) {
    progress.note(`run ${run.id} of ${run.createdAt} is still there (${whys[kind]}); \`npm run down\` removes it`);
  }
}

/** @throws UsageError, one line, while another process holds the name */
export async function alone<T>(name: string, problem: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let holder = 'another process';
  let isMine = false;
  const onWait = (description: string) => {
    holder = description;
  };
  try {
    return await runExclusively(name, { deadlineMs: askDeadlineMs, signal, onWait }, () => {
      isMine = true;
      return work();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw !isMine && error instanceof WaitError
      ? new UsageError([problem.replace('HOLDER', holder)], { cause: error })
      : error;
  }
}

/** One run at a time: stories take its services away, and fill its database. */
export function useAlone<T>({ run }: HeldRun, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const problem = `run ${run.id} is in use by HOLDER; wait until that has ended`;
  return alone(`use of run ${run.id}`, problem, signal, work);
}

/** Leaves alone what a run is using; what an ended one leaves is removed as that of any other run. */
export async function endHeldRuns({ progress, signal }: Pick<CommandContext, 'progress' | 'signal'>): Promise<void> {
  for (const held of await heldRuns()) {
    const { id, owner } = held.run;
    const end = () =>
      progress.step(`end run ${id}, because ${whys[held.kind]}`, async () => {
        process.kill(owner.pid, 'SIGTERM');
        await waitFor(
          `process ${owner.pid}, which owns run ${id}, to end`,
          async () => ((await isAlive(held.run)) ? notYet('it is still going') : holds(undefined)),
          { deadlineMs: endDeadlineMs, signal },
        );
      });
    try {
      await useAlone(held, signal, end);
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      progress.note(`left alone: ${error.message}`);
    }
  }
}
