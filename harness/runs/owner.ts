import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/**
 * The process that a run belongs to, told apart from every other that ever had its number: the same pid on another
 * boot, in another container or started at another time is another process.
 */
export interface Owner {
  readonly host: string;
  /** `/proc/sys/kernel/random/boot_id`: one a boot of the kernel, shared by all containers on it. */
  readonly bootId: string;
  /** Inode of the pid namespace: pids of another container mean nothing here. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Start of the process in clock ticks since boot, field 22 of `/proc/<pid>/stat`. */
  readonly startTicks: string;
}

/** `unknown`: it lives, if it does, where this process can't look. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** The owner that stands for a process of this machine, this one if no other is named. */
export async function ownerOf(pid = process.pid): Promise<Owner> {
  const [bootId, pidNamespace, started] = await Promise.all([readBootId(), readPidNamespace(), readStart(pid)]);
  return { host: thisHost(), bootId, pidNamespace, pid, startTicks: started ?? '0' };
}

/** As a label of Kubernetes can hold it. */
const thisHost = () =>
  hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 63);

/** Looks whether an owner is still there. Never says `dead` of a process that it can't see. */
export async function livenessOf(owner: Owner): Promise<Liveness> {
  const [bootId, pidNamespace] = await Promise.all([readBootId(), readPidNamespace()]);
  if (owner.bootId !== bootId) {
    // The same machine has booted since, or it is another machine that uses the same engine.
    return owner.host === thisHost() ? 'dead' : 'unknown';
  }
  if (owner.pidNamespace !== pidNamespace) {
    return 'unknown';
  }
  return (await readStart(owner.pid)) === owner.startTicks ? 'alive' : 'dead';
}

/**
 * Start ticks from the text of `/proc/<pid>/stat`; undefined for a zombie, which does nothing any more. The command's
 * name is in parentheses and may itself hold spaces and parentheses.
 */
export function startTicksIn(stat: string): string | undefined {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  const state = fields[0];
  return state === undefined || state === 'Z' || state === 'X' ? undefined : fields[19];
}

async function readStart(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return signalReaches(pid) ? '0' : undefined;
  }
  try {
    return startTicksIn(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

async function readBootId(): Promise<string> {
  return process.platform === 'linux' ? (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim() : 'none';
}

async function readPidNamespace(): Promise<string> {
  return process.platform === 'linux' ? (/\d+/.exec(await readlink('/proc/self/ns/pid'))?.[0] ?? '0') : '0';
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** ESRCH: the process ended between opening and reading its file. */
function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}
