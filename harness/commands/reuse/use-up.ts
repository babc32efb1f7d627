import path from 'node:path';
import type { Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { type HeldRun, heldRuns } from '@meho/core/runs/held';
import type { RunIdentity } from '@meho/core/runs/identity';
import type { Engine } from '@meho/images/engine/engine';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { isDead } from '@meho/images/engine/runs/remove-runs';
import { useWithTestcontainers } from '@meho/images/engine/testcontainers';
import { ensureImages } from '@meho/images/ensure-images';
import { KubeApi } from '@meho/kube/api/api';
import { namespaces, nodes } from '@meho/kube/api/resource';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { runNamespaces } from '../../clusters/run-namespaces.ts';
import { readFoundation } from '../../release/environment/foundation.ts';
import { type StartedPostgres, startPostgres } from '../../services/postgres.ts';
import type { CommandContext } from '../command.ts';
import { withCleanUp } from '../ending/clean-up.ts';
import { type RunEnd, withOwnedRun } from '../running/with-owned-run.ts';
import { useAlone } from './held.ts';

/** In the private folder of the run that is up. */
export function foundationFile(folder: string): string {
  return path.join(folder, 'foundation.json');
}

const cleanUpDeadlineMs = 60_000;

/** @throws UsageError, one line, where nothing is */
export async function whatIsUp(): Promise<HeldRun> {
  const held = (await heldRuns()).find(({ kind }) => kind === 'up');
  if (held === undefined) {
    throw new UsageError(['--use up: nothing is up; bring it up by `npm run up`, in another terminal']);
  }
  return held;
}

/**
 * Runs work on what `npm run up` started: first removes what dead runs left there, at the end what this one made.
 *
 * @throws UsageError, one line, where another run uses it
 */
export async function withWhatIsUp<T>(
  held: HeldRun,
  settings: Settings,
  context: CommandContext,
  work: (run: RunIdentity, engine: Engine, foundation: string) => Promise<T>,
  end: RunEnd = 'remove',
): Promise<T> {
  const { progress, signal } = context;
  const file = foundationFile(held.folder);
  return useAlone(held, signal, () =>
    withOwnedRun(
      context,
      async (run, engine) => {
        await using places = await openPlaces(file, settings, run, context);
        await assertUnchanged(places.api, signal);
        const removed = await removeLeftovers(places, isDead, signal);
        for (const name of removed) {
          progress.note(`removed ${name} of a run that is gone`);
        }
        const cleanUp = async () => {
          await removeLeftovers(places, ({ id }) => id === run.id, AbortSignal.timeout(cleanUpDeadlineMs));
        };
        const keep = async () => (signal.aborted ? cleanUp() : undefined);
        // Awaited here: the places close when this block ends.
        return await withCleanUp(() => work(run, engine, file), cleanUp, end === 'keep' ? keep : cleanUp);
      },
      end,
    ),
  );
}

/**
 * A story that is killed while it changes the cluster itself can't undo it, and the next one would be judged on that.
 *
 * @throws UsageError, one line
 */
async function assertUnchanged(api: KubeApi, signal: AbortSignal): Promise<void> {
  const { items } = await api.list(nodes, {}, { signal });
  const changed = items.flatMap(({ metadata, spec }) => [
    ...(spec?.taints ?? []).map(({ key }) => `node ${metadata?.name} has the taint ${key}`),
    ...(spec?.unschedulable === true ? [`node ${metadata?.name} takes no pods`] : []),
  ]);
  if (changed.length > 0) {
    throw new UsageError([
      `--use up: a run that was killed has changed what is up (${changed.join(', ')}); run \`npm run down\` and \`npm run up\``,
    ]);
  }
}

interface Places extends AsyncDisposable {
  readonly api: KubeApi;
  readonly postgres: StartedPostgres;
}

async function openPlaces(
  file: string,
  { imageMode: mode, imageRegistry: registry, cacheFolder }: Settings,
  { labels }: RunIdentity,
  { progress, signal }: CommandContext,
): Promise<Places> {
  const engine = await ensureEngine({ progress, signal });
  await useWithTestcontainers(engine, { signal });
  const state = await readFoundation(file, engine);
  const images = await ensureImages(['postgres'], { engine, mode, registry, progress, signal, cacheFolder });
  const [image] = images.values();
  if (image === undefined) {
    throw new Error('there is no image postgres');
  }
  await using stack = new AsyncDisposableStack();
  const access = await accessOf(parseKubeconfig(state.cluster.kubeconfig, 'what is up'), undefined, signal);
  const api = stack.use(new KubeApi(access));
  const place = { image, labels, network: state.cluster.network, running: state.postgres.id, signal };
  const postgres = stack.use(await startPostgres(place, state.postgres.password));
  const resources = stack.move();
  return { api, postgres, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Waits for no namespace's end: names aren't reused. */
async function removeLeftovers(
  { api, postgres }: Places,
  isMeant: (run: RunIdentity) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const all = await runNamespaces(api, signal);
  const isOne = await Promise.all(all.map(({ run }) => isMeant(run)));
  const meant = all.filter((_, index) => isOne[index] === true);
  await Promise.all(meant.map(({ name, uid }) => api.delete(namespaces, undefined, name, { uid, signal })));
  return [
    ...meant.map(({ name }) => `namespace ${name}`),
    ...(await postgres.removeOf(isMeant)).map((name) => `database ${name}`),
  ];
}
