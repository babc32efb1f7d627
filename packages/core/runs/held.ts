import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeldKind, RunIdentity } from './identity.ts';
import { livenessOf } from './owner.ts';
import { temporaryFolder, temporaryFolders } from './temporary.ts';

export interface HeldRun {
  readonly kind: HeldKind;
  readonly run: RunIdentity;
  /** Private; goes with the run. */
  readonly folder: string;
}

const markFile = (folder: string) => join(folder, 'held');

/** @returns the file that says so, in the run's folder */
export async function markHeld(run: RunIdentity, kind: HeldKind): Promise<string> {
  const file = markFile(await temporaryFolder(run));
  await writeFile(file, kind, { mode: 0o600 });
  return file;
}

/** This user's, on this machine. One whose process is gone is held no longer: the next run removes it. */
export async function heldRuns(): Promise<readonly HeldRun[]> {
  const found = await Promise.all(
    (await temporaryFolders()).map(async ({ path: folder, run }): Promise<readonly HeldRun[]> => {
      const kind = await readFile(markFile(folder), 'utf8').catch(() => undefined);
      return (kind === 'up' || kind === 'kept') && (await isAlive(run)) ? [{ kind, run, folder }] : [];
    }),
  );
  return found.flat().toSorted((a, b) => a.run.createdAt.localeCompare(b.run.createdAt));
}

export async function isAlive({ owner, createdAt }: RunIdentity): Promise<boolean> {
  return (await livenessOf(owner, Date.parse(createdAt))) === 'alive';
}
