import { endDescendants } from '@meho/core/process/end-descendants';

const intervalMs = 200;

/**
 * Ends the runner and its descendants when the command that started it is killed; otherwise it would go on creating
 * things for a dead run.
 */
export function setup(): () => void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(watch);
      // An orderly exit would wait for workers, and helm for minutes.
      void endDescendants(process.pid).finally(() => process.kill(process.pid, 'SIGKILL'));
    }
  }, intervalMs);
  watch.unref();
  return () => clearInterval(watch);
}
