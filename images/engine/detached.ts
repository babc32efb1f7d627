import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { inheritedEnvironment } from '@meho/core/config';
import { withoutChildMarks } from '@meho/core/process/child-mark';
import { commandPath } from './debian.ts';

export interface Daemon {
  hasEnded(): boolean;
}

/**
 * Starts a daemon that survives this process and Ctrl-C. To wait for a program, use `process/run.ts`.
 *
 * @param log receives both streams; overwritten
 * @throws if it can't be started
 */
export async function startDetached(command: string, args: readonly string[], log: string): Promise<Daemon> {
  const output = await open(log, 'w');
  try {
    const child = spawn((await commandPath(command)) ?? command, args, {
      cwd: '/',
      detached: true,
      env: withoutChildMarks(inheritedEnvironment()),
      stdio: ['ignore', output.fd, output.fd],
    });
    await once(child, 'spawn');
    child.unref();
    return { hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  } finally {
    await output.close();
  }
}
