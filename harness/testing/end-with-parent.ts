import { endDescendants } from '../process/end-descendants.ts';

const intervalMs = 200;

/**
 * Global set-up of the test runner: ends it, its workers and what they have started, when the command that started it is killed.
 * Nobody would stop it otherwise, and it would go on creating things for a run that is dead and may have been cleaned up.
 */
export function setup(): () => void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(watch);
      // An orderly end would let workers finish first, and helm wait for its minutes.
      void endDescendants(process.pid).finally(() => process.kill(process.pid, 'SIGKILL'));
    }
  }, intervalMs);
  watch.unref();
  return () => clearInterval(watch);
}
