import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setInterval } from 'node:timers/promises';
import { type ProcessTime, type ProgramTime, ProgramTimes } from './program-times.ts';

export const programsFile = 'programs.json';
const intervalMs = 3_000;
/** USER_HZ: 100 on every platform that Node runs on. */
const tickMs = 10;

export interface MachineProfile {
  readonly wallMs: number;
  readonly cores: number;
  /** Of every process, those included that ended between two looks. */
  readonly machineMs: number;
  readonly programs: readonly ProgramTime[];
}

/** From its first look on until it is disposed of; then writes into the folder what each program took. */
export async function watchPrograms(folder: string): Promise<AsyncDisposable> {
  const before = await machineTime();
  const times = new ProgramTimes();
  // Elsewhere than on Linux there is nothing to look at.
  const look = async () => (before === undefined ? undefined : times.look(await processTimes()));
  await look();
  const begun = performance.now();
  const over = new AbortController();
  const looking = repeat(look, over.signal);
  // Told on disposal.
  looking.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await looking;
      await look();
      const after = await machineTime();
      if (before !== undefined && after !== undefined) {
        const profile: MachineProfile = {
          wallMs: performance.now() - begun,
          cores: after.cores,
          machineMs: after.busyMs - before.busyMs,
          programs: times.programs,
        };
        await writeFile(path.join(folder, programsFile), `${JSON.stringify(profile, null, 2)}\n`);
      }
    },
  };
}

async function repeat(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(intervalMs, undefined, { signal, ref: false })) {
      await look();
    }
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
}

async function machineTime(): Promise<{ readonly busyMs: number; readonly cores: number } | undefined> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  // `cpu user nice system idle iowait irq softirq steal …`
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (text.split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { busyMs: (user + nice + system + irq + softirq) * tickMs, cores: text.match(/^cpu\d/gm)?.length ?? 1 };
}

async function processTimes(): Promise<readonly ProcessTime[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map(processTime))).flat();
}

/** It may end between two reads. */
async function processTime(pid: string): Promise<readonly ProcessTime[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const end = stat.lastIndexOf(')');
  const name = stat.slice(stat.indexOf('(') + 1, end);
  const fields = stat.slice(end + 2).split(' ');
  const [user, system, started] = [fields[11], fields[12], fields[19]];
  if (started === undefined) {
    return [];
  }
  const program = /^(node|MainThread)/.test(name) ? await nodeProgram(pid) : name;
  return [{ pid: Number(pid), started, program, cpuMs: (Number(user) + Number(system)) * tickMs }];
}

/** Node's processes by what they run. */
async function nodeProgram(pid: string): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const kinds = [
    ['test runner', /vitest/],
    ['verifier', /meho-acceptance\.js|verifiers\/main\.ts/],
    ['command', /commands\/main\.ts/],
  ] as const;
  return `node: ${kinds.find(([, pattern]) => pattern.test(line))?.[0] ?? 'other'}`;
}
