import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';

export interface ExclusiveOptions {
  /** How long to wait for other holders of the name. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Called once for each holder waited for, e.g. with `process 4711`. */
  readonly onWait?: (holder: string) => void;
}

/**
 * Excludes this user's other processes. The lock is a listening socket, which the kernel frees however its holder dies,
 * so none goes stale.
 * @throws WaitError if the name isn't free in time, or on abort
 */
export async function runExclusively<T>(name: string, options: ExclusiveOptions, work: () => Promise<T>): Promise<T> {
  const address = addressOf(name);
  let announced = '';
  const { deadlineMs, signal } = options;
  const server = await waitFor<HeldName>(
    `no other process to be busy with ${name}`,
    async (aborted) => {
      const held = await listen(address);
      if (held !== undefined) {
        return holds(held);
      }
      const holder = await waitUntilReleased(address, aborted, (description) => {
        if (description !== announced) {
          announced = description;
          options.onWait?.(description);
        }
      });
      return notYet(`${holder} is`);
    },
    { deadlineMs, intervalMs: 20, signal },
  );
  try {
    return await work();
  } finally {
    await server.release();
  }
}

/** An abstract socket on Linux, because it leaves no file. */
function addressOf(name: string): string {
  const key = createHash('sha256').update(name).digest('hex').slice(0, 24);
  const unique = `meho-acceptance.${userInfo().uid}.${key}`;
  return process.platform === 'linux' ? `\0${unique}` : join(tmpdir(), `${unique}.sock`);
}

interface HeldName {
  release(): Promise<void>;
}

function listen(address: string): Promise<HeldName | undefined> {
  const waiting = new Set<Socket>();
  const server: Server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => waiting.delete(socket));
    socket.write(`process ${process.pid}\n`);
  });
  const release = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of waiting) {
        socket.destroy();
      }
    });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve({ release }));
  });
}

/** Resolves with the holder's description when it releases or dies. */
function waitUntilReleased(address: string, signal: AbortSignal, onHolder: (holder: string) => void): Promise<string> {
  return new Promise((resolve) => {
    let holder = 'another process';
    const socket = connect(address);
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    socket.on('data', (text) => {
      holder = text.toString('utf8').trim();
      onHolder(holder);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && !address.startsWith('\0')) {
        // Its holder died. Two processes that both notice only take turns at removing it.
        void unlink(address).catch(() => undefined);
      }
    });
    socket.on('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(holder);
    });
  });
}
