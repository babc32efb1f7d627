import { newRun, type RunIdentity } from '@meho/core/runs/identity';
import { removeFolders, temporaryFolders } from '@meho/core/runs/temporary';
import type { Engine } from '@meho/images/engine/engine';
import { isDead } from '@meho/images/engine/runs/remove-runs';
import type { KubeApi } from '@meho/kube/api/api';
import { type RunNamespace, removeNamespaces } from '../../clusters/run-namespaces.ts';
import type { ExternalPostgres } from '../../services/external-postgres.ts';
import type { CommandContext } from '../command.ts';
import { withCleanUp } from '../ending/clean-up.ts';
import { noteHeldRuns } from '../reuse/held.ts';
import { withOwnedRun } from '../running/with-owned-run.ts';

/** Where a run on an existing cluster leaves traces, apart from this machine. */
export interface ExistingClusterPlaces {
  readonly api: KubeApi;
  /** Absent for managed services, which are removed with the run. */
  readonly postgres?: ExternalPostgres;
}

const removalDeadlineMs = 120_000;
/** A child process may still create something while it is being stopped; the next look finds it. */
const looks = 3;

/**
 * Runs work on an existing cluster. First removes what dead runs left behind; at the end, however the work ended,
 * removes its own namespaces and databases. Touches nothing else.
 *
 * @param needsEngine whether the work starts containers or needs images
 */
export function withExistingClusterRun<T>(
  places: ExistingClusterPlaces,
  needsEngine: boolean,
  context: CommandContext,
  work: (run: RunIdentity, engine: Engine | undefined) => Promise<T>,
): Promise<T> {
  const { progress, signal } = context;
  const onCluster = async (run: RunIdentity, engine: Engine | undefined): Promise<T> => {
    for (const line of await removeLeftovers(places, isDead, signal)) {
      progress.note(`removed ${line}, which is gone`);
    }
    const cleanUp = () =>
      progress.step('clean up the cluster', async () => {
        const mine = ({ id }: RunIdentity) => id === run.id;
        // Not the run's signal, which may have fired.
        const removed = await removeLeftovers(places, mine, AbortSignal.timeout(2 * removalDeadlineMs));
        progress.note(`removed ${removed.length} namespaces and databases that were left of this run`);
      });
    return withCleanUp(() => work(run, engine), cleanUp);
  };
  return needsEngine ? withOwnedRun(context, onCluster) : withoutEngine(context, (run) => onCluster(run, undefined));
}

/** @returns descriptions of what was removed */
export async function removeLeftovers(
  { api, postgres }: ExistingClusterPlaces,
  isMeant: (run: RunIdentity) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let removed: readonly RunNamespace[];
  let databases: readonly string[] = [];
  {
    await using stack = new AsyncDisposableStack();
    // Runs even if a namespace is stuck, e.g. on a finalizer.
    stack.defer(async () => {
      databases = (await postgres?.removeOf(isMeant)) ?? [];
    });
    removed = await namespacesRemoved(api, isMeant, signal);
  }
  return [
    ...removed.map(({ name, run }) => `namespace ${name} of run ${run.id}`),
    ...databases.map((name) => `database and role ${name} of a run`),
  ];
}

async function namespacesRemoved(
  api: KubeApi,
  isMeant: (run: RunIdentity) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly RunNamespace[]> {
  const removed: RunNamespace[] = [];
  for (let look = 0; look < looks; look += 1) {
    const found = await removeNamespaces(api, isMeant, { deadlineMs: removalDeadlineMs, signal });
    removed.push(...found);
    if (found.length === 0) {
      break;
    }
  }
  return removed;
}

async function withoutEngine<T>(context: CommandContext, work: (run: RunIdentity) => Promise<T>): Promise<T> {
  await noteHeldRuns(context);
  const folders = await temporaryFolders();
  const dead = await Promise.all(folders.map(({ run }) => isDead(run)));
  await removeFolders(folders.filter((_, index) => dead[index] === true));
  const run = await newRun();
  return withCleanUp(
    () => work(run),
    async () => removeFolders((await temporaryFolders()).filter((folder) => folder.run.id === run.id)),
  );
}
