import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay, setImmediate as oneTurn } from 'node:timers/promises';
import type { ChildMark } from './child-mark.ts';
import { Descendants } from './end-descendants.ts';

/** `output`: its reader gave up. */
export type EndedBy = 'itself' | 'deadline' | 'abort' | 'output';

export interface Bounds {
  readonly mark: ChildMark;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** After the exit, only runaways still hold the streams. */
const STREAMS_GRACE_MS = 1_000;
/** For a child to end its own descendants. */
const ALONE_MS = 2_500;
/** From SIGTERM to SIGKILL. */
const FORCE_AFTER_MS = 5_000;
/** For the system to end what was killed. */
const KILLED_MS = 1_000;
const LOOK_EVERY_MS = 50;

/**
 * Waits for the exit, or ends the child and its descendants on deadline, signal or an abandoned stream. Then closes its
 * streams, whichever process holds them, within 8 s.
 */
export async function waitForExit(child: ChildProcess, { mark, timeoutMs, signal }: Bounds): Promise<EndedBy> {
  if (child.pid === undefined) {
    return 'itself';
  }
  const exited = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
  const closed = new Promise<true>((resolve) => child.once('close', () => resolve(true)));
  const descendants = new Descendants(child.pid, () => isRunning(child), mark);
  const endedBy = await firstOf(child, { exited, timeoutMs, signal });
  if (endedBy !== 'itself') {
    await endAll(child, descendants, exited);
  } else if (!(await within(closed, STREAMS_GRACE_MS))) {
    await descendants.end();
  }
  if (!(await within(closed, KILLED_MS))) {
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
  }
  return endedBy;
}

async function endAll(child: ChildProcess, descendants: Descendants, exited: Promise<true>): Promise<void> {
  const forceAt = performance.now() + FORCE_AFTER_MS;
  // Before its end: later only the mark tells descendants.
  await descendants.look();
  child.kill('SIGTERM');
  await within(exited, ALONE_MS);
  const asked = new Set<number>();
  for (;;) {
    const left = await descendants.look();
    if ((left.length === 0 && !isRunning(child)) || performance.now() >= forceAt) {
      break;
    }
    descendants.ask(left.filter((pid) => !asked.has(pid)));
    for (const pid of left) {
      asked.add(pid);
    }
    await delay(LOOK_EVERY_MS);
  }
  // Or it starts another one between the last look and its end.
  if (isRunning(child)) {
    child.kill('SIGSTOP');
  }
  await descendants.end();
  if (isRunning(child)) {
    child.kill('SIGKILL');
    await within(exited, KILLED_MS);
  }
}

/** Until false, its number isn't reused. */
export function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function firstOf(
  { stdout, stderr }: ChildProcess,
  { exited, timeoutMs, signal }: Omit<Bounds, 'mark'> & { readonly exited: Promise<true> },
): Promise<EndedBy> {
  const over = new AbortController();
  try {
    return await new Promise<EndedBy>((resolve) => {
      const once = { once: true, signal: over.signal };
      const timer = setTimeout(() => resolve('deadline'), timeoutMs);
      over.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
      void exited.then(() => resolve('itself'));
      for (const stream of [stdout, stderr]) {
        stream?.once('close', () => stream.readableAborted && resolve('output'));
      }
      signal?.addEventListener('abort', () => resolve('abort'), once);
      if (signal?.aborted === true) {
        resolve('abort');
      }
    });
  } finally {
    over.abort();
  }
}

/** Reads first what arrived while we were busy. */
async function within(event: Promise<true>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const late = delay(ms, false, { signal: over.signal })
    .then(async () => {
      await oneTurn();
      await oneTurn();
      return false;
    })
    .catch(() => false);
  try {
    return await Promise.race([event, late]);
  } finally {
    over.abort();
  }
}
