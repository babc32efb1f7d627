import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';

/** Unlike a pid, unique across boots, containers and reuse. */
export interface Owner {
  /** With the machine id, if any. */
  readonly host: string;
  /** `/proc/sys/kernel/random/boot_id`: per kernel boot, shared by containers. */
  readonly bootId: string;
  /** Its inode: pids of another container mean nothing here. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks since boot, field 22 of `/proc/<pid>/stat`. */
  readonly startTicks: string;
}

/** `unknown`: out of this process's sight. */
export type Liveness = 'alive' | 'dead' | 'unknown';

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
 * Never `dead` for a process out of sight: several machines, even of one name, may share an engine or cluster.
 * @param createdAtMs the run's start, in ms since 1970
 */
export async function livenessOf(owner: Owner, createdAtMs: number): Promise<Liveness> {
  const [host, bootId, pidNamespace] = await Promise.all([thisHost(), readBootId(), readPidNamespace()]);
  const isThisMachine = owner.host === host;
  if (owner.bootId !== bootId) {
    // A reboot ended what began before; anything later belongs to another machine.
    return isThisMachine && createdAtMs < Date.now() - uptime() * 1000 ? 'dead' : 'unknown';
  }
  if (owner.pidNamespace !== pidNamespace || (bootId === noBootId && !isThisMachine)) {
    return 'unknown';
  }
  return (await readStart(owner.pid)) === owner.startTicks ? 'alive' : 'dead';
}

/** Undefined for a zombie. The name in parentheses may itself hold spaces and parentheses. */
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
 * A Kubernetes label. Many machines are called `runner` or `localhost`: a hash of any machine id, itself private
 * (machine-id(5)), distinguishes them.
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
    // In most containers and other systems the name must do.
    return '';
  }
}

/** For systems without one; equal everywhere. */
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

/** ESRCH: the process ended while its file was read. */
function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}
