import type { Github } from '../github/client.ts';
import { GithubError } from '../github/github-error.ts';
import type { Reachability } from './clone.ts';
import { type Count, countStreak } from './count.ts';
import { GithubHistory } from './github-history.ts';
import type { WorkflowRun } from './run.ts';
import type { Rules } from './treat.ts';

export interface CountRequest extends Rules {
  readonly github: Github;
  readonly repo: string;
  readonly workflow: string;
  readonly reachability?: Reachability;
}

/** How often a history that moves while it is read is read anew. */
const readings = 3;

/**
 * Counts by what GitHub tells. Runs may begin and end while pages are read: the newest page is asked for again at the
 * end, and where a run on it is another one by then, everything is read anew.
 *
 * @throws GithubError where there was no usable answer, or the history would not keep still
 */
export async function countByGithub(request: CountRequest): Promise<Count> {
  for (let reading = 1; reading <= readings; reading += 1) {
    const history = new GithubHistory(request);
    const before = await history.newest();
    const count = await countStreak(history.runs(), history, request);
    if (stateOf(before) === stateOf(await history.newest())) {
      return count;
    }
  }
  throw new GithubError({
    expected: `the runs of ${request.workflow} to keep still while they are counted`,
    observed: `that they changed during each of ${readings} readings`,
    next: 'run again once fewer smokes are running',
  });
}

function stateOf(runs: readonly WorkflowRun[]): string {
  return JSON.stringify(runs.map(({ id, attempt, conclusion }) => [id, attempt, conclusion]));
}
