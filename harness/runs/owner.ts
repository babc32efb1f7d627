import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';

/**
 * The process that a run belongs to, told apart from every other that ever had its number: the same pid on another
 * boot, in another container or started at another time is another process.
 */
export interface Owner {
  /** Name of the machine, and what tells it from others of that name where it has such a thing. */
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
  const [host, bootId, pidNamespace, started] = await Promise.all([
    thisHost(),
    readBootId(),
    readPidNamespace(),
    readStart(pid),
  ]);
  return { host, bootId, pidNamespace, pid, startTicks: started ?? '0' };
}

/**
 * Looks whether an owner is still there. Never says `dead` of a process that it can't see: several machines may use one
 * engine or cluster, and some of them have the same name.
 *
 * @param createdAtMs when its run began, in milliseconds since 1970
 */
export async function livenessOf(owner: Owner, createdAtMs: number): Promise<Liveness> {
  const [host, bootId, pidNamespace] = await Promise.all([thisHost(), readBootId(), readPidNamespace()]);
  const isThisMachine = owner.host === host;
  if (owner.bootId !== bootId) {
    // This machine has booted since, which ended everything before; what began after that is of another machine.
    return isThisMachine && createdAtMs < Date.now() - uptime() * 1000 ? 'dead' : 'unknown';
  }
  if (owner.pidNamespace !== pidNamespace || (bootId === noBootId && !isThisMachine)) {
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

/**
 * As a label of Kubernetes can hold it. Many machines are called `runner` or `localhost`: where there is a machine id, a
 * hash of it (the id itself is not for others to see, machine-id(5)) tells them apart.
 */
async function thisHost(): Promise<string> {
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 50);
  const id = await readMachineId();
  return id === '' ? name : `${name}-${createHash('sha256').update(`meho-acceptance ${id}`).digest('hex').slice(0, 8)}`;
}

async function readMachineId(): Promise<string> {
  try {
    return (await readFile('/etc/machine-id', 'utf8')).trim();
  } catch {
    // Most containers have none, and other systems keep it elsewhere: the name alone has to do then.
    return '';
  }
}

/** Where the system has no such id; the same on all machines. */
const noBootId = 'none';

async function readBootId(): Promise<string> {
  return process.platform === 'linux' ? (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim() : noBootId;
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
