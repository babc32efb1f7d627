import { type Job, type Smoke, smokeIn } from './jobs.ts';
import { type Admission, admit, admittedBy, type Merges } from './merge.ts';
import { isOfTheSameDay, type OperatorNote } from './notes.ts';
import { type Facts, type PullRequest, smokeEvent, type WorkflowRun } from './run.ts';

export type Treatment = 'counts' | 'excluded' | 'resets';

/** What became of a run, and why: one line of `--explain` and one entry of the evidence. */
export interface Treated {
  readonly run: WorkflowRun;
  readonly pullRequest: number | undefined;
  readonly treatment: Treatment;
  readonly why: string;
  /** Those that the treatment rests on; undefined where the run's conclusion decided. */
  readonly jobs?: readonly Job[];
  /** By which it counts. */
  readonly admission?: Admission;
}

/** A run that might count and can't be judged: nothing that is older can be counted either. */
export interface Unreadable {
  readonly unreadable: string;
}

export interface Rules {
  /** The branch that pull requests are merged into. */
  readonly branch: string;
  readonly notes: readonly OperatorNote[];
  /** Name of the job that smokes. */
  readonly job: string;
  readonly merges: Merges;
}

/**
 * Applies the rules of contract.md, "green counter", to one run. What is not named there as counting or as excluded
 * resets.
 *
 * @param counted pull requests that count by a newer run: each counts once, because it is five merged pull requests in
 *   a row that are promised (seed, "Acceptance contracts", bullet 4), not five pushes
 */
export async function treat(
  listed: WorkflowRun,
  facts: Facts,
  rules: Rules,
  counted: ReadonlyMap<number, WorkflowRun>,
): Promise<Treated | Unreadable> {
  const { branch } = rules;
  if (listed.event !== smokeEvent) {
    return excluded(listed, undefined, `started by ${listed.event}, not for a pull request by ${smokeEvent}`);
  }
  const pullRequest = await facts.pullRequestOf(listed);
  if (pullRequest === undefined) {
    return excluded(listed, undefined, `its commit belongs to no pull request that was merged`);
  }
  if (pullRequest.mergedAt === null) {
    return excluded(listed, pullRequest, `#${pullRequest.number} is not merged`);
  }
  if (pullRequest.base !== branch) {
    return excluded(listed, pullRequest, `#${pullRequest.number} was merged into ${pullRequest.base}, not ${branch}`);
  }
  const { run, later } = attemptsAt(listed, await facts.runsOn(listed.headSha));
  for (const other of later) {
    if (await hasSmoked(other, facts, rules)) {
      return excluded(run, pullRequest, `run ${other.id} is the latest attempt at the same head`);
    }
  }
  if (await facts.isDocsOnly(pullRequest)) {
    return excluded(run, pullRequest, `#${pullRequest.number} touches documentation only`);
  }
  const known = { facts, rules, counted };
  return run.conclusion === 'success'
    ? green(run, pullRequest, known)
    : byConclusion(run, pullRequest, run.conclusion, 'it', known);
}

/** A run as GitHub tells of it now, and those at the same head that were started after it, the last one first. */
function attemptsAt(listed: WorkflowRun, others: readonly WorkflowRun[]) {
  const smokes = others.filter((other) => other.event === smokeEvent && isAtHeadOf(listed, other));
  // A re-run may have begun since the list was read.
  const run = smokes.find(({ id, attempt }) => id === listed.id && attempt >= listed.attempt) ?? listed;
  const lead = (other: WorkflowRun) =>
    Date.parse(other.startedAt) - Date.parse(run.startedAt) || other.number - run.number;
  const later = smokes.filter((other) => other.id !== run.id && lead(other) > 0).sort((a, b) => lead(b) - lead(a));
  return { run, later };
}

/** A commit that another branch has as well is that branch's pull request's. */
function isAtHeadOf(run: WorkflowRun, { headBranch, headOwner, headCommit }: WorkflowRun): boolean {
  return headBranch === run.headBranch && headOwner === run.headOwner && headCommit === run.headCommit;
}

/** What the gate skipped is no attempt: it takes the place of none that was made before, be it green or red. */
async function hasSmoked(run: WorkflowRun, facts: Facts, rules: Rules): Promise<boolean> {
  if (run.conclusion === 'success') {
    return (await smokeOf(run, facts, rules))?.state !== 'skipped';
  }
  return run.conclusion !== 'skipped';
}

/** undefined where GitHub has the run's jobs no more. */
async function smokeOf(run: WorkflowRun, facts: Facts, { job }: Rules): Promise<Smoke | undefined> {
  const jobs = await facts.jobsOf(run);
  return jobs === undefined ? undefined : smokeIn(jobs, job);
}

interface Knowledge {
  readonly facts: Facts;
  readonly rules: Rules;
  readonly counted: ReadonlyMap<number, WorkflowRun>;
}

async function byConclusion(
  run: WorkflowRun,
  pullRequest: PullRequest,
  conclusion: string | null,
  what: string,
  { facts, rules, jobs }: Knowledge & { readonly jobs?: readonly Job[] },
): Promise<Treated | Unreadable> {
  switch (conclusion) {
    case 'skipped':
      return excluded(run, pullRequest, 'skipped by the auth gate');
    case 'cancelled': {
      // What an earlier attempt was cancelled by is another matter.
      const ended = jobs ?? (await facts.jobsOf(run))?.filter(({ attempt }) => attempt === run.attempt);
      if (ended === undefined) {
        return noJobs(run, pullRequest);
      }
      const { by, shown } = await facts.cancellationOf(ended);
      return by === 'person' || by === 'newer push'
        ? excluded(run, pullRequest, `cancelled by a ${by} (${shown})`)
        : resets(run, pullRequest, by === 'timeout' ? `timed out (${shown})` : `cancelled, and ${shown}`);
    }
    case 'failure':
      return failure(run, pullRequest, what, rules.notes);
    case null:
      return resets(run, pullRequest, `${what} has no conclusion yet`);
    default:
      return resets(run, pullRequest, `${what} ended with ${conclusion}`);
  }
}

/** A run that GitHub calls a success: whether the job that smokes has succeeded, and whether it smoked what was merged. */
async function green(run: WorkflowRun, pullRequest: PullRequest, known: Knowledge): Promise<Treated | Unreadable> {
  const { facts, rules, counted } = known;
  const { number } = pullRequest;
  const smoke = await smokeOf(run, facts, rules);
  const jobs = smoke === undefined || smoke.state === 'absent' ? {} : { jobs: smoke.jobs };
  if (smoke?.state === 'skipped') {
    return { ...excluded(run, pullRequest, skipped(smoke.jobs)), ...jobs };
  }
  if (smoke?.state === 'ran' && smoke.conclusion !== 'success') {
    const what = `the run is green, but its job ${JSON.stringify(rules.job)}`;
    const treated = await byConclusion(run, pullRequest, smoke.conclusion, what, { ...known, jobs: smoke.jobs });
    return { ...treated, ...jobs };
  }
  const newer = counted.get(number);
  if (newer !== undefined) {
    return { ...excluded(run, pullRequest, `#${number} counts already, by run ${newer.id}`), ...jobs };
  }
  const admitted = await admit(run, pullRequest, facts, rules);
  if ('replaced' in admitted) {
    return { ...excluded(run, pullRequest, admitted.replaced), ...jobs };
  }
  if ('lost' in admitted) {
    return { ...resets(run, pullRequest, admitted.lost), ...jobs };
  }
  if (smoke === undefined) {
    return noJobs(run, pullRequest);
  }
  if (smoke.state === 'absent') {
    const name = JSON.stringify(rules.job);
    return {
      unreadable: `run ${run.id} of #${number} has no job ${name}, ${smoke.shown}; name the one that smokes with --job`,
    };
  }
  const { admission } = admitted;
  const why = `#${number} was merged and its smoke is green; ${admittedBy(admission, rules.branch)}`;
  return { run, pullRequest: number, treatment: 'counts', why, ...jobs, admission };
}

function noJobs({ id }: WorkflowRun, { number }: PullRequest): Unreadable {
  return { unreadable: `GitHub has the jobs of run ${id} of #${number} no more` };
}

function skipped(jobs: readonly Job[]): string {
  const names = jobs.filter(({ conclusion }) => conclusion === 'skipped').map(({ name }) => JSON.stringify(name));
  const only = names.length < jobs.length ? `of ${jobs.length} jobs that smoke ` : '';
  return `${only}${names.join(', ')} was skipped, as by the auth gate, though the run is green`;
}

function failure(run: WorkflowRun, pullRequest: PullRequest, what: string, notes: readonly OperatorNote[]): Treated {
  const note = notes.find((candidate) => candidate.run === run.id);
  if (note === undefined) {
    return resets(run, pullRequest, `${what} failed, and no operator note names an infrastructure cause`);
  }
  return isOfTheSameDay(note, run)
    ? excluded(run, pullRequest, `failed by ${note.infrastructure}, as an operator noted the same day: ${note.cause}`)
    : resets(run, pullRequest, `${what} failed, and the operator note about it is of another day, ${note.date}`);
}

function excluded(run: WorkflowRun, pullRequest: PullRequest | undefined, why: string): Treated {
  return { run, pullRequest: pullRequest?.number, treatment: 'excluded', why };
}

function resets(run: WorkflowRun, pullRequest: PullRequest, why: string): Treated {
  return { run, pullRequest: pullRequest.number, treatment: 'resets', why };
}
