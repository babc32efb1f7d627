import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@meho/core/process/run';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { hostOf, type PrivateEnginePlace, pidFileOf } from './place.ts';

const endDeadlineMs = 10_000;

/** The pid file may name a reused pid or a zombie. */
export async function daemonPid(place: PrivateEnginePlace): Promise<number | undefined> {
  return pidIn(pidFileOf(place), hostOf(place));
}

/** Its containerd and pid files would trip up the next dockerd. Only call while dockerd is stopped. */
export async function clearDeadDaemon(place: PrivateEnginePlace, signal: AbortSignal): Promise<void> {
  const folder = join(place.runFolder, 'exec', 'containerd');
  const pidFile = join(folder, 'containerd.pid');
  const orphan = await pidIn(pidFile, folder);
  if (orphan !== undefined) {
    process.kill(orphan, 'SIGKILL');
    await waitFor(
      `containerd (process ${orphan}) to end`,
      async () => ((await pidIn(pidFile, folder)) === undefined ? holds(true) : notYet('it is still there')),
      { deadlineMs: endDeadlineMs, intervalMs: 20, signal },
    );
  }
  await Promise.all([rm(pidFile, { force: true }), rm(pidFileOf(place), { force: true })]);
}

export async function unmountRemains(place: PrivateEnginePlace, signal: AbortSignal): Promise<void> {
  const mounts = mountsBelow(await readFile('/proc/mounts', 'utf8'), [place.runFolder, place.dataFolder]);
  for (const mount of mounts) {
    await run('umount', ['--lazy', mount], { timeoutMs: endDeadlineMs, signal });
  }
}

/**
 * Inner ones first.
 * @param table text of `/proc/mounts`, with blanks as octal numbers
 */
export function mountsBelow(table: string, folders: readonly string[]): readonly string[] {
  return table
    .split('\n')
    .map((line) =>
      (line.split(' ')[1] ?? '').replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8))),
    )
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))
    .toReversed();
}

async function pidIn(file: string, partOfCommand: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1) {
    return undefined;
  }
  // Empty for a zombie.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(partOfCommand) ? pid : undefined;
}
