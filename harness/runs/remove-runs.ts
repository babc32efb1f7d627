import { dockerOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { type Belonging, belongings, removeAll } from './belongings.ts';
import type { RunIdentity } from './identity.ts';
import { livenessOf } from './owner.ts';
import { removeFolders, temporaryFolders } from './temporary.ts';

export interface RemoveOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** Something that was removed, in words for a list. */
export interface Removed {
  readonly kind: Belonging['kind'] | 'folder';
  readonly name: string;
  readonly runId: string;
}

/**
 * The age from which a run counts as dead whose owner can't be looked at, because it is in another container or on
 * another machine. No run takes a tenth of it.
 */
const forgottenAfterMs = 24 * 60 * 60_000;

/** Removes what runs have left whose process is gone, and nothing else. May be called by several at once. */
export async function removeDeadRuns(options: RemoveOptions): Promise<readonly Removed[]> {
  const known = new Map<string, Promise<boolean>>();
  return removeWhere(options, (run) => {
    const dead = known.get(run.id) ?? isDead(run);
    known.set(run.id, dead);
    return dead;
  });
}

/** Removes everything of one run, dead or alive: its own, at its end. */
export function removeRun(run: RunIdentity, options: RemoveOptions): Promise<readonly Removed[]> {
  return removeWhere(options, async (each) => each.id === run.id);
}

/** Runs that have something in this engine and whose process is there, or can't be looked at and may be. */
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

/** @param now milliseconds since 1970 */
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
