import { createHash } from 'node:crypto';

/** A fictional repository's history. */
export interface FakeRepository {
  readonly repo: string;
  readonly workflow: string;
  /** In any order; served newest first, as by GitHub. */
  readonly runs: readonly FakeRun[];
  readonly pulls: readonly FakePull[];
  readonly main: ReadonlySet<string>;
}

export interface FakeRun {
  readonly id: number;
  readonly number: number;
  readonly attempt: number;
  readonly event: string;
  readonly conclusion: string | null;
  readonly headSha: string;
  /** Where GitHub reports another than head_sha. */
  readonly headCommit?: string;
  /** The head's, in the repository itself. */
  readonly branch: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Those GitHub still links. */
  readonly pullRequests: readonly number[];
  /** A fork's, which GitHub lists among them. */
  readonly forkPullRequests?: readonly number[];
  /** On the run's first job. */
  readonly annotations: readonly string[];
  /** Absent, one `smoke` that ended as the run did; null if GitHub kept none. */
  readonly jobs?: readonly FakeJob[] | null;
}

export interface FakeJob {
  readonly name: string;
  /** Null while running. */
  readonly conclusion: string | null;
  /** The run's last where absent. */
  readonly attempt?: number;
}

export interface FakePull {
  readonly number: number;
  readonly mergedAt: string | null;
  readonly base: string;
  readonly headSha: string;
  /** All heads that GitHub still has. */
  readonly commits: readonly string[];
  readonly files: readonly FakeFile[];
  /** The merge's; before it, a trial merge's. */
  readonly mergeCommitSha: string | null;
  /** The base advanced between last push and merge. */
  readonly baseMoved?: boolean;
}

export interface FakeFile {
  readonly filename: string;
  readonly previous_filename?: string;
}

export function fakeSha(seed: string): string {
  return createHash('sha1').update(seed).digest('hex');
}

/** A pull request's source branch. */
export function fakeBranch(pull: number): string {
  return `feature/${pull}`;
}

/** Noon of the run's day; one run a day. */
export function fakeTime(number: number, minutes = 0): string {
  return new Date(Date.UTC(2026, 0, number, 12, minutes)).toISOString().replace('.000Z', 'Z');
}

/** Whatever the kind of merge. */
export function fakeMergeSha(pull: number): string {
  return fakeSha(`merge of #${pull}`);
}

/** A merge has its head's tree unless the base moved. */
export function fakeTreeSha({ pulls }: FakeRepository, commit: string): string {
  const merged = pulls.find(({ mergeCommitSha }) => mergeCommitSha === commit);
  return fakeSha(`tree of ${merged === undefined || merged.baseMoved === true ? commit : merged.headSha}`);
}

export function fakeJobs({ id, attempt, conclusion, jobs }: FakeRun): readonly (Required<FakeJob> & { id: number })[] {
  const made = jobs ?? [{ name: 'smoke', conclusion }];
  return made.map((job, index) => ({ attempt, ...job, id: id * 1000 + index }));
}

/** The last one of the first job's name. */
export function annotatedJob(run: FakeRun): { readonly id: number } | undefined {
  const jobs = fakeJobs(run);
  return jobs.findLast(({ name }) => name === jobs[0]?.name);
}

export interface FakeSmoke {
  /** And seed of its head. */
  readonly pull: number;
  readonly run: number;
  readonly changes?: Partial<FakeRun>;
  readonly pullChanges?: Partial<FakePull>;
  /** False if main lacks it. */
  readonly reachable?: boolean;
  /** A merge commit where absent. */
  readonly by?: 'merge commit' | 'squash';
}

/** One smoke per pull request, merged and green by default. */
export function fakeRepository(smokes: readonly FakeSmoke[], more: Partial<FakeRepository> = {}): FakeRepository {
  const pulls = new Map<number, FakePull>();
  const main = new Set<string>();
  const runs = smokes.map(({ pull, run, changes, pullChanges, reachable = true, by }): FakeRun => {
    const known = pulls.get(pull);
    const headSha = changes?.headSha ?? known?.headSha ?? fakeSha(`pull ${pull}`);
    pulls.set(pull, {
      number: pull,
      mergedAt: fakeTime(run, 30),
      base: 'main',
      headSha: known?.headSha ?? headSha,
      files: [{ filename: 'backend/src/app.py' }],
      mergeCommitSha: fakeMergeSha(pull),
      ...known,
      commits: [...(known?.commits ?? []), headSha],
      ...pullChanges,
    });
    if (reachable) {
      main.add(fakeMergeSha(pull));
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
      branch: fakeBranch(pull),
      startedAt: fakeTime(run),
      updatedAt: fakeTime(run, 7),
      pullRequests: [],
      annotations: [],
      ...changes,
    };
  });
  return { repo: 'example/meho', workflow: 'pr-smoke.yml', runs, pulls: [...pulls.values()], main, ...more };
}

/** Runs 1 to `count`, of pull requests 101 on. */
export function greenSmokes(count: number): readonly FakeSmoke[] {
  return Array.from({ length: count }, (_, index) => ({ pull: 101 + index, run: index + 1 }));
}
