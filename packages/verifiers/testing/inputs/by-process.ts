import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { inheritedEnvironment } from '@meho/core/config';
import { nothingSet } from './in-process.ts';
import { readOutputFiles } from './output-files.ts';
import { afterOwn, OwnTime } from './own-time.ts';
import type { RunResult } from './run-result.ts';
import type { PreparedInput } from './shared-fixture.ts';

export interface Call {
  readonly signal: NodeJS.Signals;
  readonly afterMs: number;
}

/** Between memory samples. */
const LOOK_EVERY_MS = 15;

export async function runByProcess(
  program: string,
  { args, env, folder }: PreparedInput,
  {
    deadlineMs,
    call,
    node = process.execPath,
  }: { readonly deadlineMs: number; readonly call?: Call | undefined; readonly node?: string },
): Promise<RunResult> {
  const child = spawn(node, [program, ...args], {
    cwd: folder,
    env: { ...inheritedEnvironment(), ...nothingSet, HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const time = new OwnTime(child.pid ?? 0);
  const streams = Promise.all([text(child.stdout), text(child.stderr)]);
  let [peakKb, isOverdue] = [0, false];
  let calledAt: number | undefined;
  const callOff = afterOwn(time, deadlineMs, () => {
    isOverdue = true;
    child.kill('SIGKILL');
  });
  const caller =
    call === undefined
      ? undefined
      : setTimeout(() => {
          calledAt = time.ms;
          child.kill(call.signal);
        }, call.afterMs);
  const looker = setInterval(() => {
    time.look();
    peakOf(child.pid).then((kb) => {
      peakKb = Math.max(peakKb, kb);
    });
  }, LOOK_EVERY_MS);
  const [code, endedBy]: (number | string | null)[] = await once(child, 'exit');
  const endedAt = time.ms;
  callOff();
  clearTimeout(caller);
  clearInterval(looker);
  const [stdout, stderr] = await streams;
  const ended = { stdout, stderr, tookMs: endedAt, peakKb, uncaught: [], written: await readOutputFiles(folder) };
  const byCall =
    call !== undefined && calledAt !== undefined ? { signal: call.signal, endedAfterMs: endedAt - calledAt } : {};
  const isByDefault = endedBy !== null && endedBy === call?.signal && (saidNothing(ended) || saidAll(ended));
  const exitCode = isOverdue ? undefined : typeof code === 'number' ? code : isByDefault ? 2 : 128;
  return { ...ended, ...byCall, exitCode };
}

/** A signal before the first line ends it silently. */
function saidNothing({ stdout, stderr }: Pick<RunResult, 'stdout' | 'stderr'>): boolean {
  return stdout === '' && stderr === '';
}

/** Covers a signal during Node's shutdown. */
function saidAll({ stdout, stderr }: Pick<RunResult, 'stdout' | 'stderr'>): boolean {
  return /\n\}\n$|, [\d.]+ s\n$/.test(stdout) || stderr.endsWith('lists the flags\n');
}

/** 0 if it is gone. */
async function peakOf(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
