import type { Settings } from '../config.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { newRun, type RunIdentity } from '../runs/identity.ts';
import { type Removed, removeDeadRuns, removeRun } from '../runs/remove-runs.ts';
import type { CommandContext } from './command.ts';

/** Clean-up has a deadline of its own: it goes on when the run's signal has fired. */
const cleanUpDeadlineMs = 60_000;

/**
 * Does work under a run identity that this process owns. Before: removes what dead runs have left. After, however the
 * work ended: removes what is left of this one, whoever had created it.
 */
export async function ownedRun<T>(
  { dockerHost }: Settings,
  { progress, signal }: CommandContext,
  work: (run: RunIdentity) => Promise<T>,
): Promise<T> {
  const engine = await ensureEngine({ progress, signal, ...(dockerHost === undefined ? {} : { host: dockerHost }) });
  const told = (removed: readonly Removed[], of: string) => {
    for (const { kind, name } of removed) {
      progress.note(`removed ${kind} ${name} of ${of}`);
    }
  };
  told(await removeDeadRuns({ engine, signal }), 'a run that is gone');
  const run = await newRun();
  try {
    return await work(run);
  } finally {
    told(await removeRun(run, { engine, signal: AbortSignal.timeout(cleanUpDeadlineMs) }), 'this run');
  }
}
