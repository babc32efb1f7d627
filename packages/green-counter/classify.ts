import { type Job, type Smoke, smokeIn } from './jobs.ts';
import { type Admission, admit, describeAdmission, type Merges } from './merge.ts';
import { isOfTheSameDay, type OperatorNote } from './notes.ts';
import { type Facts, type PullRequest, smokeEvent, type WorkflowRun } from './run.ts';

type Treatment = 'counts' | 'excluded' | 'resets';

/** Becomes a line of `--explain` and an entry of the evidence. */
export interface ClassifiedRun {
  readonly run: WorkflowRun;
  readonly pullRequest: number | undefined;
  readonly treatment: Treatment;
  readonly why: string;
  /** Undefined if the run's conclusion was enough to decide. */
  readonly jobs?: readonly Job[];
  readonly admission?: Admission;
}

/** The run might count but can't be judged, so nothing older counts either. */
export interface Unreadable {
  readonly unreadable: string;
}

export interface Rules {
  readonly branch: string;
  readonly notes: readonly OperatorNote[];
  /** The name of the job that smokes. */
  readonly job: string;
  readonly merges: Merges;
}

/**
 * Applies contract.md's "green counter": whatever it doesn't count or exclude resets.
 * @param counted pull requests already counted: the promise is five merged ones in a row (seed, "Acceptance contracts",
 * bullet 4), not five pushes
 */
export async function classify(
  listed: WorkflowRun,
  facts: Facts,
  rules: Rules,
  counted: ReadonlyMap<number, WorkflowRun>,
): Promise<ClassifiedRun | Unreadable> {
  const { branch } = rules;
  if (listed.event !== smokeEvent) {
    return excludeRun(listed, undefined, `started by ${listed.event}, not for a pull request by ${smokeEvent}`);
  }
  const pullRequest = await facts.pullRequestOf(listed);
  if (pullRequest === undefined) {
    return excludeRun(listed, undefined, `its commit belongs to no pull request that was merged`);
  }
  if (pullRequest.mergedAt === null) {
    return excludeRun(listed, pullRequest, `#${pullRequest.number} is not merged`);
  }
  if (pullRequest.base !== branch) {
    return excludeRun(listed, pullRequest, `#${pullRequest.number} was merged into ${pullRequest.base}, not ${branch}`);
  }
  const { run, later } = attemptsAt(listed, await facts.runsOn(listed.headSha));
  for (const other of later) {
    if (await hasSmoked(other, facts, rules)) {
      return excludeRun(run, pullRequest, `run ${other.id} is the latest attempt at the same head`);
    }
  }
  if (await facts.isDocsOnly(pullRequest)) {
    return excludeRun(run, pullRequest, `#${pullRequest.number} touches documentation only`);
  }
  const known = { facts, rules, counted };
  return run.conclusion === 'success'
    ? green(run, pullRequest, known)
    : byConclusion(run, pullRequest, run.conclusion, 'it', known);
}

/** Reads the run again, along with later runs at its head, newest first. */
function attemptsAt(listed: WorkflowRun, others: readonly WorkflowRun[]) {
  const smokes = others.filter((other) => other.event === smokeEvent && isAtHeadOf(listed, other));
  // A re-run may have begun since the list was read.
  const run = smokes.find(({ id, attempt }) => id === listed.id && attempt >= listed.attempt) ?? listed;
  const lead = (other: WorkflowRun) =>
    Date.parse(other.startedAt) - Date.parse(run.startedAt) || other.number - run.number;
  const later = smokes.filter((other) => other.id !== run.id && lead(other) > 0).sort((a, b) => lead(b) - lead(a));
  return { run, later };
}

/** A commit shared by branches belongs to each branch's pull request. */
function isAtHeadOf(run: WorkflowRun, { headBranch, headOwner, headCommit }: WorkflowRun): boolean {
  return headBranch === run.headBranch && headOwner === run.headOwner && headCommit === run.headCommit;
}

/** A run that the gate skipped replaces no attempt, green or red. */
async function hasSmoked(run: WorkflowRun, facts: Facts, rules: Rules): Promise<boolean> {
  if (run.conclusion === 'success') {
    return (await smokeOf(run, facts, rules))?.state !== 'skipped';
  }
  return run.conclusion !== 'skipped';
}

/** Undefined if GitHub no longer has the jobs. */
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
): Promise<ClassifiedRun | Unreadable> {
  switch (conclusion) {
    case 'skipped':
      return excludeRun(run, pullRequest, 'skipped by the auth gate');
    case 'cancelled': {
      // An earlier attempt's cancellation doesn't matter.
      const ended = jobs ?? (await facts.jobsOf(run))?.filter(({ attempt }) => attempt === run.attempt);
      if (ended === undefined) {
        return noJobs(run, pullRequest);
      }
      const { by, shown } = await facts.cancellationOf(ended);
      return by === 'person' || by === 'newer push'
        ? excludeRun(run, pullRequest, `cancelled by a ${by} (${shown})`)
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

/** Whether the smoke itself succeeded, on what was merged. */
async function green(
  run: WorkflowRun,
  pullRequest: PullRequest,
  known: Knowledge,
): Promise<ClassifiedRun | Unreadable> {
  const { facts, rules, counted } = known;
  const { number } = pullRequest;
  const smoke = await smokeOf(run, facts, rules);
  const jobs = smoke === undefined || smoke.state === 'absent' ? {} : { jobs: smoke.jobs };
  if (smoke?.state === 'skipped') {
    return { ...excludeRun(run, pullRequest, skipped(smoke.jobs)), ...jobs };
  }
  if (smoke?.state === 'ran' && smoke.conclusion !== 'success') {
    const what = `the run is green, but its job ${JSON.stringify(rules.job)}`;
    const treated = await byConclusion(run, pullRequest, smoke.conclusion, what, { ...known, jobs: smoke.jobs });
    return { ...treated, ...jobs };
  }
  const newer = counted.get(number);
  if (newer !== undefined) {
    return { ...excludeRun(run, pullRequest, `#${number} counts already, by run ${newer.id}`), ...jobs };
  }
  const admitted = await admit(run, pullRequest, facts, rules);
  if ('replaced' in admitted) {
    return { ...excludeRun(run, pullRequest, admitted.replaced), ...jobs };
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
  const why = `#${number} was merged and its smoke is green; ${describeAdmission(admission, rules.branch)}`;
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

function failure(
  run: WorkflowRun,
  pullRequest: PullRequest,
  what: string,
  notes: readonly OperatorNote[],
): ClassifiedRun {
  const note = notes.find((candidate) => candidate.run === run.id);
  if (note === undefined) {
    return resets(run, pullRequest, `${what} failed, and no operator note names an infrastructure cause`);
  }
  return isOfTheSameDay(note, run)
    ? excludeRun(run, pullRequest, `failed by ${note.infrastructure}, as an operator noted the same day: ${note.cause}`)
    : resets(run, pullRequest, `${what} failed, and the operator note about it is of another day, ${note.date}`);
}

function excludeRun(run: WorkflowRun, pullRequest: PullRequest | undefined, why: string): ClassifiedRun {
  return { run, pullRequest: pullRequest?.number, treatment: 'excluded', why };
}

function resets(run: WorkflowRun, pullRequest: PullRequest, why: string): ClassifiedRun {
  return { run, pullRequest: pullRequest.number, treatment: 'resets', why };
}
