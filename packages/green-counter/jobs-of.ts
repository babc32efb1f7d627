import type { Github } from './github/client.ts';
import { GithubError } from './github/github-error.ts';
import { Shape } from './github/shape.ts';
import type { Job } from './jobs.ts';

const pageSize = 100;

/**
 * Lists all attempts: since May 2025 `filter=latest` omits what succeeded before "re-run failed jobs".
 * @returns undefined if GitHub no longer has them @throws GithubError for an unusable or incomplete answer
 */
export async function jobsOf(
  run: number,
  { github, repo }: { readonly github: Github; readonly repo: string },
): Promise<readonly Job[] | undefined> {
  const path = `/repos/${repo}/actions/runs/${run}/jobs?filter=all&per_page=${pageSize}`;
  const jobs: Job[] = [];
  let total = 0;
  try {
    for await (const page of github.pages(path)) {
      const shape = new Shape(page, `the jobs of run ${run}`);
      total = shape.at('total_count').count();
      jobs.push(...shape.at('jobs').items().map(jobOf));
    }
  } catch (error) {
    if (error instanceof GithubError && isGone(error) && total === 0) {
      return undefined;
    }
    throw error;
  }
  if (jobs.length < total) {
    throw new GithubError({
      expected: `the ${total} jobs of run ${run}`,
      observed: `${jobs.length} of them`,
      next: 'run again; where it stays so, look at what stands between here and GitHub',
    });
  }
  return jobs;
}

function isGone({ status }: GithubError): boolean {
  return status === 404 || status === 410;
}

function jobOf(shape: Shape): Job {
  const isOver = shape.at('status').text() === 'completed';
  return {
    id: shape.at('id').count(),
    name: shape.at('name').text(),
    attempt: shape.at('run_attempt').optional()?.count() ?? 1,
    conclusion: isOver ? shape.at('conclusion').nullableText() : null,
  };
}
