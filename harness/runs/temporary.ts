import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { identityOf, newRun, type RunIdentity } from './identity.ts';
import type { Owner } from './owner.ts';

/** Folders of runs are siblings in one place, each named by its run and owner, so that no moment is without them. */
const root = () => join(tmpdir(), `meho-acceptance-${userInfo().uid}`);

/**
 * A folder for what a run writes and nobody needs after it.
 *
 * @throws Problem where somebody else has made the place: what is put there, kubeconfigs too, would be theirs to read
 */
export async function temporaryFolder(run: RunIdentity): Promise<string> {
  await mkdir(root(), { recursive: true, mode: 0o700 });
  const place = await lstat(root());
  if (!place.isDirectory() || place.uid !== userInfo().uid) {
    throw new Problem({
      expected: `${root()} to be a folder of this user's own`,
      observed: place.isDirectory() ? `it belongs to user ${place.uid}` : 'it is a link to somewhere else',
      next: 'remove it, or set TMPDIR to a folder that is yours alone',
    });
  }
  const folder = join(root(), nameOf(run));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** A folder for one piece of work, removed when disposed of. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * A folder that is this very process's: what a killed one has left, whoever cleans up next finds as dead.
 *
 * @param purpose names it for people, e.g. `chart`
 */
export async function scratchFolder(purpose: string): Promise<ScratchFolder> {
  const whole = await temporaryFolder(await newRun());
  const path = join(whole, purpose);
  await mkdir(path, { mode: 0o700 });
  return { path, [Symbol.asyncDispose]: () => rm(whole, { recursive: true, force: true }) };
}

export interface TemporaryFolder {
  readonly path: string;
  readonly run: RunIdentity;
}

export async function temporaryFolders(): Promise<readonly TemporaryFolder[]> {
  const names = await readdir(root()).catch(() => []);
  return names.flatMap((name) => {
    const run = runNamed(name);
    return run === undefined ? [] : [{ path: join(root(), name), run }];
  });
}

export async function removeFolders(folders: readonly TemporaryFolder[]): Promise<void> {
  await Promise.all(folders.map(({ path }) => rm(path, { recursive: true, force: true })));
}

const separator = '~';

function nameOf({ id, owner, createdAt }: RunIdentity): string {
  const { host, bootId, pidNamespace, pid, startTicks } = owner;
  return [id, Date.parse(createdAt), host, bootId, pidNamespace, pid, startTicks].join(separator);
}

function runNamed(name: string): RunIdentity | undefined {
  const [id, createdAt, host, bootId, pidNamespace, pid, startTicks] = name.split(separator);
  if (
    id === undefined ||
    host === undefined ||
    bootId === undefined ||
    pidNamespace === undefined ||
    startTicks === undefined ||
    !Number.isInteger(Number(createdAt)) ||
    !Number.isInteger(Number(pid))
  ) {
    return undefined;
  }
  const owner: Owner = { host, bootId, pidNamespace, pid: Number(pid), startTicks };
  return identityOf(id, owner, new Date(Number(createdAt)));
}
