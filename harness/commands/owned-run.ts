import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { newRun, type RunIdentity } from '../runs/identity.ts';
import { removeDeadRuns, removeRun } from '../runs/remove-runs.ts';
import { withCleanUp } from './clean-up.ts';
import type { CommandContext } from './command.ts';

/** Clean-up has a deadline of its own: it goes on when the run's signal has fired. */
const cleanUpDeadlineMs = 60_000;

/**
 * Does work under a run identity that this process owns. Before: removes what dead runs have left. After, however the
 * work ended: removes what is left of this one, whoever had created it.
 *
 * @throws CleanUpError where something may be left, and SuppressedError where the work had failed before
 */
export async function ownedRun<T>(
  { progress, signal }: CommandContext,
  work: (run: RunIdentity, engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await ensureEngine({ progress, signal });
  for (const { kind, name, runId } of await removeDeadRuns({ engine, signal })) {
    progress.note(`removed ${kind} ${name} of run ${runId}, which is gone`);
  }
  const run = await newRun();
  const cleanUp = () =>
    progress.step('clean up', async () => {
      const removed = await removeRun(run, { engine, signal: AbortSignal.timeout(cleanUpDeadlineMs) });
      progress.note(`removed ${removed.length} containers, networks and volumes of this run`);
    });
  return withCleanUp(() => work(run, engine), cleanUp);
}
