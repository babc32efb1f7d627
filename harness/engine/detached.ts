import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { inheritedEnvironment } from '../config.ts';
import { withoutChildMarks } from '../process/child-mark.ts';
import { commandPath } from './debian.ts';

export interface Daemon {
  /** True once it has ended while this process was looking. */
  hasEnded(): boolean;
}

/**
 * Starts a daemon in a session of its own, so that neither the end of this process nor Ctrl-C in its terminal ends it.
 * `process/run.ts` is for programs whose end is waited for; this is the one place where it isn't.
 *
 * @param log where both its streams go; written anew
 * @throws when it can't be started
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
