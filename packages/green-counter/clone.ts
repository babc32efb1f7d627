import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';

const gitTimeoutMs = 60_000;

/** Undefined if this source can't tell. */
export type Reachability = (headSha: string) => Promise<boolean | undefined>;

/**
 * Stands in for GitHub's compare API.
 * @returns reachability from `origin/<branch>` as of the last fetch @throws UsageError without a complete clone of that
 * branch
 */
export async function cloneReachability(folder: string, branch: string, signal: AbortSignal): Promise<Reachability> {
  const git = (...args: readonly string[]) =>
    run('git', args, { cwd: folder, timeoutMs: gitTimeoutMs, signal, acceptExitCodes: [1] });
  const tip = `refs/remotes/origin/${branch}`;
  try {
    const { stdout } = await git('rev-parse', '--is-shallow-repository');
    if (stdout.trim() !== 'false') {
      throw new UsageError([`--clone: expected a complete clone; ${folder} is a shallow one (git fetch --unshallow)`]);
    }
    if ((await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${tip}^{commit}`)).exitCode !== 0) {
      throw new UsageError([`--clone: expected ${tip} in ${folder} (git fetch origin ${branch})`]);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof UsageError
      ? error
      : new UsageError([`--clone: expected a git repository at ${folder}`], { cause: error });
  }
  return async (headSha) => {
    try {
      return (await git('merge-base', '--is-ancestor', headSha, tip)).exitCode === 0;
    } catch (error) {
      // git's exit code for a missing commit: replaced, or not fetched yet.
      if (error instanceof CommandError && error.exitCode === 128) {
        return undefined;
      }
      throw error;
    }
  };
}
