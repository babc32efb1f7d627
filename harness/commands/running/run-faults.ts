import type { Settings } from '@meho/core/config';
import type { Tally } from '@meho/core/report/tally';
import type { RunIdentity } from '@meho/core/runs/identity';
import { scratchFolder } from '@meho/core/runs/temporary';
import type { NodeChoice } from '@meho/images/catalog';
import { type AnySuite, needsRelease } from '../../faults/suites.ts';
import { ownSubject } from '../../release/environment/request.ts';
import type { CommandContext } from '../command.ts';
import { runOnEnvironment } from './run-on-environment.ts';
import type { Selection } from './run-suites.ts';

export interface FaultRun extends Omit<Selection, 'files' | 'pauseOnFail'>, NodeChoice {
  readonly suites: readonly AnySuite[];
  readonly settings: Settings;
  /** Absent where nothing is made that a run must own. */
  readonly run?: RunIdentity;
  /** State of a managed cluster that is there already; absent: a new one. */
  readonly foundation?: string | undefined;
}

const timeoutMs = 45 * 60_000;

/** Runs faults in a process of their own; each counts as one test, and so does each suite's healthy start. */
export async function runFaults(
  { suites, testName, repeat = 1, keep = false, settings, run, foundation, artefacts, node, kubernetes }: FaultRun,
  context: CommandContext,
): Promise<Tally> {
  await using scratch = await scratchFolder('faults');
  const request = {
    settings,
    labels: run?.labels ?? {},
    artefacts,
    scratch: scratch.path,
    subject: ownSubject,
    keep,
    ...{ node, kubernetes },
    ownerCleansUp: keep || foundation === undefined,
    ...(foundation === undefined ? {} : { foundation }),
  };
  const files = suites.map(({ name }) => `/${name}.faults.ts`);
  const bare = !suites.some(needsRelease);
  // Awaited here: the folder goes when this block ends.
  return await runOnEnvironment({ project: 'faults', files, testName, repeat, bare, request, timeoutMs }, context);
}
