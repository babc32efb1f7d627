const intervalMs = 200;

/**
 * Global set-up of the test runner: ends it, and with it its workers, when the command that started it is killed.
 * Nobody would stop it otherwise, and it would go on creating things for a run that is dead and may have been cleaned up.
 */
export function setup(): () => void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      // Workers end when their channel to this process closes; an orderly end would let them finish first.
      process.kill(process.pid, 'SIGKILL');
    }
  }, intervalMs);
  watch.unref();
  return () => clearInterval(watch);
}
