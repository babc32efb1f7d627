import { readdir, readFile } from 'node:fs/promises';

export interface ProcessEntry {
  readonly pid: number;
  /** As the kernel has it, cut to 15 characters. */
  readonly name: string;
  readonly parent: number;
  readonly group: number;
}

/** Every process of this system that does something, zombies not counted; none where there is no /proc. */
export async function processTable(): Promise<readonly ProcessEntry[]> {
  const names = await readdir('/proc').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  });
  const entries = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map(async (pid) => entryOf(Number(pid), await statOf(pid))),
  );
  return entries.flat();
}

/** A process may end between the two looks. */
const statOf = (pid: string) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');

/** From the text of `/proc/<pid>/stat`: `pid (name) state ppid pgrp …`, in which the name may hold anything. */
function entryOf(pid: number, stat: string): readonly ProcessEntry[] {
  const end = stat.lastIndexOf(')');
  const [state, parent, group] = stat
    .slice(end + 1)
    .trim()
    .split(' ');
  const isOver = state === undefined || state === '' || state === 'Z' || state === 'X';
  return isOver
    ? []
    : [{ pid, name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(parent), group: Number(group) }];
}
