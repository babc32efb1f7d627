import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessEntry {
  readonly pid: number;
  /** Linux cuts it to 15 characters. */
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  /** Start time: unique with the number, since numbers are reused. */
  readonly started: string;
}

const psTimeoutMs = 5_000;

/** Every process but zombies, from /proc or else `ps`. */
export async function processTable(proc = '/proc'): Promise<readonly ProcessEntry[]> {
  const names = await readdir(proc).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (names === undefined) {
    return tableOfPs();
  }
  const entries = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map(async (pid) => entryOf(Number(pid), await statOf(pid))),
  );
  return entries.flat();
}

/** It may end between the two reads. */
const statOf = (pid: string) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');

/** `pid (name) state ppid pgrp … starttime …`; the name may hold anything. */
function entryOf(pid: number, stat: string): readonly ProcessEntry[] {
  const end = stat.lastIndexOf(')');
  const fields = stat
    .slice(end + 1)
    .trim()
    .split(' ');
  const [state, parent, group] = fields;
  const started = fields[19];
  const isOver = state === undefined || state === '' || state === 'Z' || state === 'X' || started === undefined;
  const name = stat.slice(stat.indexOf('(') + 1, end);
  return isOver ? [] : [{ pid, name, parent: Number(parent), group: Number(group), started }];
}

/** macOS has no /proc. Without `ps` there are no processes. */
async function tableOfPs(): Promise<readonly ProcessEntry[]> {
  const columns = ['pid', 'ppid', 'pgid', 'stat', 'lstart', 'comm'].flatMap((column) => ['-o', `${column}=`]);
  const { stdout } = await promisify(execFile)('ps', ['-A', ...columns], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    timeout: psTimeoutMs,
    maxBuffer: 16 * 1024 * 1024,
  }).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...rest] = line.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z')
      ? []
      : [
          {
            pid: Number(pid),
            name: rest.slice(5).join(' '),
            parent: Number(parent),
            group: Number(group),
            started: rest.slice(0, 5).join(' '),
          },
        ];
  });
}
