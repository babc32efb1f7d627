import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { identityIn, newRun, type RunIdentity } from './identity.ts';

/** Folders are named by run and owner, so that each always has a known owner. */
const root = () => join(tmpdir(), `meho-acceptance-${userInfo().uid}`);

/**
 * Not needed after the run.
 * @throws Problem if another user made the parent: they could read its kubeconfigs
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

export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Belongs to this process: if it is killed, the next clean-up removes it.
 * @param purpose for people, e.g. `chart`
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
  return identityIn({ id, host, bootId, pidNamespace, pid, startTicks }, Number(createdAt));
}
