import { UsageError } from '../problem.ts';
import { CommandError, run } from '../process/run.ts';

const gitTimeoutMs = 60_000;

/** Whether a commit is reachable; undefined where this source can't tell. */
export type Reachability = (headSha: string) => Promise<boolean | undefined>;

/**
 * Reachability from a local clone instead of GitHub's compare API.
 *
 * @returns whether a commit is reachable from `origin/<branch>`, as far as the clone has it: a no is of its last fetch
 * @throws UsageError where there is no complete clone with that branch
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
      // git's exit code for a commit that the clone does not have: it was replaced, or not fetched yet.
      if (error instanceof CommandError && error.exitCode === 128) {
        return undefined;
      }
      throw error;
    }
  };
}
