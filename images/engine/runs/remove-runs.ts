import type { RunIdentity } from '@meho/core/runs/identity';
import { livenessOf } from '@meho/core/runs/owner';
import { removeFolders, temporaryFolders } from '@meho/core/runs/temporary';
import { dockerOf } from '../client.ts';
import type { Engine } from '../engine.ts';
import { type Belonging, belongings, removeAll } from './belongings.ts';

export interface RemoveOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

export interface Removed {
  readonly kind: Belonging['kind'] | 'folder';
  readonly name: string;
  readonly runId: string;
}

/** When a run out of sight counts as dead. None takes a tenth of it. */
const forgottenAfterMs = 24 * 60 * 60_000;

/** Safe to call concurrently. */
export async function removeDeadRuns(options: RemoveOptions): Promise<readonly Removed[]> {
  const known = new Map<string, Promise<boolean>>();
  return removeWhere(options, (run) => {
    const dead = known.get(run.id) ?? isDead(run);
    known.set(run.id, dead);
    return dead;
  });
}

/** Dead or alive: its own, at its end. */
export function removeRun(run: RunIdentity, options: RemoveOptions): Promise<readonly Removed[]> {
  return removeWhere(options, async (each) => each.id === run.id);
}

/** Runs whose process may be alive. */
export async function liveRuns({ engine }: Pick<RemoveOptions, 'engine'>): Promise<readonly RunIdentity[]> {
  const runs = new Map((await belongings(dockerOf(engine))).map(({ run }) => [run.id, run]));
  const live = await Promise.all([...runs.values()].map(async (run) => ((await isDead(run)) ? [] : [run])));
  return live.flat();
}

async function removeWhere(
  { engine, signal }: RemoveOptions,
  isMeant: (run: RunIdentity) => Promise<boolean>,
): Promise<readonly Removed[]> {
  const docker = dockerOf(engine);
  const objects = await removeAll(docker, async () => filter(await belongings(docker), isMeant), { signal });
  const folders = await filter(await temporaryFolders(), isMeant);
  await removeFolders(folders);
  return [
    ...objects.map(({ kind, name, run }) => ({ kind, name, runId: run.id })),
    ...folders.map(({ path, run }) => ({ kind: 'folder' as const, name: path, runId: run.id })),
  ];
}

/** @param now in ms since 1970 */
export async function isDead(run: RunIdentity, now = Date.now()): Promise<boolean> {
  const createdAtMs = Date.parse(run.createdAt);
  const liveness = await livenessOf(run.owner, createdAtMs);
  return liveness === 'dead' || (liveness === 'unknown' && now - createdAtMs > forgottenAfterMs);
}

async function filter<T extends { readonly run: RunIdentity }>(
  all: readonly T[],
  isMeant: (run: RunIdentity) => Promise<boolean>,
): Promise<readonly T[]> {
  const meant = await Promise.all(all.map(({ run }) => isMeant(run)));
  return all.filter((_, index) => meant[index] === true);
}
