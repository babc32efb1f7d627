import { type RunNamespace, removeNamespaces } from '../cluster/run-namespaces.ts';
import type { Engine } from '../engine/engine.ts';
import type { KubeApi } from '../kube/api.ts';
import { newRun, type RunIdentity } from '../runs/identity.ts';
import { isDead } from '../runs/remove-runs.ts';
import { removeFolders, temporaryFolders } from '../runs/temporary.ts';
import type { GivenPostgres } from '../services/given-postgres.ts';
import { withCleanUp } from './clean-up.ts';
import type { CommandContext } from './command.ts';
import { ownedRun } from './owned-run.ts';

/** Where a run on a cluster of others leaves traces, besides this machine. */
export interface ForeignPlaces {
  readonly api: KubeApi;
  /** Absent where the services are our own and go with the run. */
  readonly postgres?: GivenPostgres;
}

const removalDeadlineMs = 120_000;
/** What a child of ours made while it was being ended is found by the next look. */
const looks = 3;

/**
 * Does work under a run identity on a cluster of others. Before: removes the namespaces and databases of dead runs. After,
 * however the work ended: removes this run's. Nothing else is touched.
 *
 * @param needsEngine whether containers are started or images looked at; without, no engine is asked for
 */
export function foreignRun<T>(
  places: ForeignPlaces,
  needsEngine: boolean,
  context: CommandContext,
  work: (run: RunIdentity, engine: Engine | undefined) => Promise<T>,
): Promise<T> {
  const { progress, signal } = context;
  const onCluster = async (run: RunIdentity, engine: Engine | undefined): Promise<T> => {
    for (const line of await removeRemains(places, isDead, signal)) {
      progress.note(`removed ${line}, which is gone`);
    }
    const cleanUp = () =>
      progress.step('clean up the cluster', async () => {
        const mine = ({ id }: RunIdentity) => id === run.id;
        // Clean-up goes on when the run's signal has fired.
        const removed = await removeRemains(places, mine, AbortSignal.timeout(2 * removalDeadlineMs));
        progress.note(`removed ${removed.length} namespaces and databases that were left of this run`);
      });
    return withCleanUp(() => work(run, engine), cleanUp);
  };
  return needsEngine ? ownedRun(context, onCluster) : withoutEngine((run) => onCluster(run, undefined));
}

/**
 * Removes what runs that are meant have left on a cluster of others and on the Postgres beside it.
 *
 * @returns what was removed, in words
 */
export async function removeRemains(
  { api, postgres }: ForeignPlaces,
  isMeant: (run: RunIdentity) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let removed: readonly RunNamespace[];
  let databases: readonly string[] = [];
  {
    await using stack = new AsyncDisposableStack();
    // Also after a namespace that does not go, e.g. for its finalizer: that is no reason to keep a database.
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

async function withoutEngine<T>(work: (run: RunIdentity) => Promise<T>): Promise<T> {
  const folders = await temporaryFolders();
  const dead = await Promise.all(folders.map(({ run }) => isDead(run)));
  await removeFolders(folders.filter((_, index) => dead[index] === true));
  const run = await newRun();
  return withCleanUp(
    () => work(run),
    async () => removeFolders((await temporaryFolders()).filter((folder) => folder.run.id === run.id)),
  );
}
