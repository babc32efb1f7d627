import { createHash } from 'node:crypto';

/** A made-up repository's history, as far as the API is asked about it. */
export interface World {
  readonly repo: string;
  readonly workflow: string;
  /** Any order; served by number, newest first, as GitHub does. */
  readonly runs: readonly MadeRun[];
  readonly pulls: readonly MadePull[];
  /** Commits that are reachable from main. */
  readonly main: ReadonlySet<string>;
}

export interface MadeRun {
  readonly id: number;
  readonly number: number;
  readonly attempt: number;
  readonly event: string;
  readonly conclusion: string | null;
  readonly headSha: string;
  /** Where GitHub tells of another commit than head_sha. */
  readonly headCommit?: string;
  /** Of the head, in the repository itself. */
  readonly branch: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** What GitHub still links to the run. */
  readonly pullRequests: readonly number[];
  /** Numbers of a fork's pull requests, which GitHub lists among them. */
  readonly forkPullRequests?: readonly number[];
  /** What GitHub leaves on the run's first job. */
  readonly annotations: readonly string[];
  /** Of all attempts; one that is called `smoke` and ended as the run did where absent, null where GitHub has none any more. */
  readonly jobs?: readonly MadeJob[] | null;
}

export interface MadeJob {
  readonly name: string;
  /** null: it goes on. */
  readonly conclusion: string | null;
  /** The run's last one where absent. */
  readonly attempt?: number;
}

export interface MadePull {
  readonly number: number;
  readonly mergedAt: string | null;
  readonly base: string;
  readonly headSha: string;
  /** All heads that it ever had and that GitHub still has. */
  readonly commits: readonly string[];
  readonly files: readonly MadeFile[];
  /** What the merge made; before a merge that of one which GitHub has tried. */
  readonly mergeCommitSha: string | null;
  /** The base had got something else between the last push and the merge. */
  readonly baseMoved?: boolean;
}

export interface MadeFile {
  readonly filename: string;
  readonly previous_filename?: string;
}

export function madeSha(seed: string): string {
  return createHash('sha1').update(seed).digest('hex');
}

/** The branch that a pull request comes from. */
export function madeBranch(pull: number): string {
  return `feature/${pull}`;
}

/** Noon of the day that a run of this number began on; a day a run. */
export function madeMoment(number: number, minutes = 0): string {
  return new Date(Date.UTC(2026, 0, number, 12, minutes)).toISOString().replace('.000Z', 'Z');
}

/** Whatever a merge makes of a pull request. */
export function madeMerge(pull: number): string {
  return madeSha(`merge of #${pull}`);
}

/** The tree of a commit: a merge's is its head's where the base hadn't moved. */
export function madeTree({ pulls }: World, commit: string): string {
  const merged = pulls.find(({ mergeCommitSha }) => mergeCommitSha === commit);
  return madeSha(`tree of ${merged === undefined || merged.baseMoved === true ? commit : merged.headSha}`);
}

/** A run's jobs with their ids. */
export function madeJobs({ id, attempt, conclusion, jobs }: MadeRun): readonly (Required<MadeJob> & { id: number })[] {
  const made = jobs ?? [{ name: 'smoke', conclusion }];
  return made.map((job, index) => ({ attempt, ...job, id: id * 1000 + index }));
}

/** The job that the run's annotations are shown with: the last one of the first job's name. */
export function annotatedJob(run: MadeRun): { readonly id: number } | undefined {
  const jobs = madeJobs(run);
  return jobs.findLast(({ name }) => name === jobs[0]?.name);
}

export interface MadeSmoke {
  /** Number of the pull request, and seed of its head. */
  readonly pull: number;
  /** Number of the run. */
  readonly run: number;
  readonly changes?: Partial<MadeRun>;
  readonly pullChanges?: Partial<MadePull>;
  /** What main has got of it: nothing, with false. */
  readonly reachable?: boolean;
  /** How it was merged; by a merge commit where absent. */
  readonly by?: 'merge commit' | 'squash';
}

/** A world of pull requests with one smoke each; merged and green unless said otherwise. */
export function madeWorld(smokes: readonly MadeSmoke[], more: Partial<World> = {}): World {
  const pulls = new Map<number, MadePull>();
  const main = new Set<string>();
  const runs = smokes.map(({ pull, run, changes, pullChanges, reachable = true, by }): MadeRun => {
    const known = pulls.get(pull);
    const headSha = changes?.headSha ?? known?.headSha ?? madeSha(`pull ${pull}`);
    pulls.set(pull, {
      number: pull,
      mergedAt: madeMoment(run, 30),
      base: 'main',
      headSha: known?.headSha ?? headSha,
      files: [{ filename: 'backend/src/app.py' }],
      mergeCommitSha: madeMerge(pull),
      ...known,
      commits: [...(known?.commits ?? []), headSha],
      ...pullChanges,
    });
    if (reachable) {
      main.add(madeMerge(pull));
    }
    if (reachable && by !== 'squash') {
      main.add(headSha);
    }
    return {
      id: 9000 + run,
      number: run,
      attempt: 1,
      event: 'pull_request_target',
      conclusion: 'success',
      headSha,
      branch: madeBranch(pull),
      startedAt: madeMoment(run),
      updatedAt: madeMoment(run, 7),
      pullRequests: [],
      annotations: [],
      ...changes,
    };
  });
  return { repo: 'example/meho', workflow: 'pr-smoke.yml', runs, pulls: [...pulls.values()], main, ...more };
}

/** As many merged and green pull requests: runs 1 to `count` of pull requests 101 on. */
export function greenSmokes(count: number): readonly MadeSmoke[] {
  return Array.from({ length: count }, (_, index) => ({ pull: 101 + index, run: index + 1 }));
}
