import type { Rules } from './classify.ts';
import type { Reachability } from './clone.ts';
import { type Count, countStreak } from './count.ts';
import type { Github } from './github/client.ts';
import { GithubError } from './github/github-error.ts';
import { GithubHistory } from './github-history.ts';
import type { WorkflowRun } from './run.ts';

export interface CountRequest extends Rules {
  readonly github: Github;
  readonly repo: string;
  readonly workflow: string;
  readonly reachability?: Reachability;
}

/** How often to read a history that changes meanwhile. */
const readings = 3;

/**
 * Counts from GitHub. Runs may begin and end meanwhile: if the newest page has changed at the end, reads everything
 * anew.
 * @throws GithubError without a usable answer, or if the history keeps changing
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
