import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay, setImmediate as oneTurn } from 'node:timers/promises';
import type { ChildMark } from './child-mark.ts';
import { Descendants } from './end-descendants.ts';

/** `output`: whoever reads its streams has had enough. */
export type EndedBy = 'itself' | 'deadline' | 'abort' | 'output';

export interface Bounds {
  readonly mark: ChildMark;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** For a child's streams after its exit: what is still open then is held by somebody whom it has left. */
const STREAMS_GRACE_MS = 1_000;
/** For a child that ends what it has started in good order. */
const ALONE_MS = 2_500;
/** From the polite signal to SIGKILL. */
const FORCE_AFTER_MS = 5_000;
/** For the system to end what was killed. */
const KILLED_MS = 1_000;
const LOOK_EVERY_MS = 50;

/**
 * Waits for a child's exit, or ends it and all that it has started on the deadline, the signal or when a stream is
 * given up. Its streams are closed afterwards, whoever holds them. Nothing here takes longer than 8 s after that.
 */
export async function untilOver(child: ChildProcess, { mark, timeoutMs, signal }: Bounds): Promise<EndedBy> {
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
  // Before it ends: what is below it can't be told from others afterwards, but by its mark.
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
  await descendants.end();
  if (isRunning(child)) {
    child.kill('SIGKILL');
    await within(exited, KILLED_MS);
  }
}

/** Until then its number is nobody else's. */
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

/** Whether it comes true in time. What was there to be read while this process was busy is read first. */
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
