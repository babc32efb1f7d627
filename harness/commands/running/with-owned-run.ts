import { isAlive, markHeld } from '@meho/core/runs/held';
import { newRun, type RunIdentity } from '@meho/core/runs/identity';
import { startKeeper } from '@meho/core/runs/keeper';
import type { Engine } from '@meho/images/engine/engine';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { removeDeadRuns, removeRun } from '@meho/images/engine/runs/remove-runs';
import type { CommandContext } from '../command.ts';
import { withCleanUp } from '../ending/clean-up.ts';
import { noteHeldRuns } from '../reuse/held.ts';
import { sayKept } from '../reuse/say-kept.ts';

/** Independent of the run's signal. */
const cleanUpDeadlineMs = 60_000;

/** `up`: it stays as long as its work goes on. `keep`: it stays once its work is done. */
export type RunEnd = 'remove' | 'up' | 'keep';

/**
 * Runs work owned by this process: first removes what dead runs left, and at the end, however the work ended,
 * everything of this run.
 *
 * @throws CleanUpError if something may remain; SuppressedError if the work failed too
 */
export async function withOwnedRun<T>(
  context: CommandContext,
  work: (run: RunIdentity, engine: Engine) => Promise<T>,
  end: RunEnd = 'remove',
): Promise<T> {
  const { progress, signal } = context;
  const engine = await ensureEngine({ progress, signal });
  for (const { kind, name, runId } of await removeDeadRuns({ engine, signal })) {
    progress.note(`removed ${kind} ${name} of run ${runId}, which is gone`);
  }
  await noteHeldRuns(context);
  using keeper = end === 'keep' ? await startKeeper() : undefined;
  const run = await newRun({
    ...(keeper === undefined ? {} : { pid: keeper.pid, held: 'kept' }),
    ...(end === 'up' ? { held: 'up' } : {}),
  });
  const cleanUp = () =>
    progress.step('clean up', async () => {
      const removed = await removeRun(run, { engine, signal: AbortSignal.timeout(cleanUpDeadlineMs) });
      progress.note(`removed ${removed.length} containers, networks and volumes of this run`);
    });
  const keep = async () => {
    if (signal.aborted) {
      return cleanUp();
    }
    await keeper?.keep(await markHeld(run, 'kept'));
    if (!(await isAlive(run))) {
      throw new Error(`process ${run.owner.pid}, which was to own what stays, has ended: the next run removes it`);
    }
    await sayKept(run, context);
  };
  // Awaited here: the keeper goes when this block ends.
  return await withCleanUp(() => work(run, engine), cleanUp, keeper === undefined ? cleanUp : keep);
}
