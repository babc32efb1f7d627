/** A job of a workflow run, as GitHub lists it. */
export interface Job {
  readonly id: number;
  /** E.g. `smoke`; `smoke (a, b)` of a matrix, `caller / smoke` in a workflow that was called. */
  readonly name: string;
  /** The attempt of the run that the job was run in: "re-run failed jobs" leaves the others where they were. */
  readonly attempt: number;
  /** null while the job goes on. */
  readonly conclusion: string | null;
}

/** What became of the job that smokes, or of its legs. */
export type Smoke =
  | { readonly state: 'ran'; readonly conclusion: string | null; readonly jobs: readonly Job[] }
  | { readonly state: 'skipped'; readonly jobs: readonly Job[] }
  | { readonly state: 'absent'; readonly shown: string };

/**
 * The job of this name in a run's jobs of all attempts. A run is green also where the job that smokes was skipped behind
 * a gate, or failed and was allowed to (continue-on-error), so that its conclusion says nothing of the smoke.
 */
export function smokeIn(all: readonly Job[], name: string): Smoke {
  const current = currentOf(all);
  const jobs = current.filter((job) => isCalled(job.name, name));
  if (jobs.length === 0) {
    const gate = current.filter((job) => job.conclusion === 'skipped' && expands(name, job.name));
    return gate.length > 0 ? { state: 'skipped', jobs: gate } : { state: 'absent', shown: namesOf(current) };
  }
  const failed = jobs.find(({ conclusion }) => conclusion !== 'success' && conclusion !== 'skipped');
  if (failed !== undefined) {
    return { state: 'ran', conclusion: failed.conclusion, jobs };
  }
  return jobs.some(({ conclusion }) => conclusion === 'skipped')
    ? { state: 'skipped', jobs }
    : { state: 'ran', conclusion: 'success', jobs };
}

/**
 * Of each job the attempt that it was last run in: after "re-run failed jobs" GitHub lists no others under
 * `filter=latest`. A skipped job goes by its plain name, without the legs and the called jobs that it would have had:
 * the newer of the two is what holds.
 */
function currentOf(all: readonly Job[]): readonly Job[] {
  const newest = new Map<string, number>();
  for (const { name, attempt } of all) {
    newest.set(name, Math.max(attempt, newest.get(name) ?? 0));
  }
  const last = all.filter(({ name, attempt }) => newest.get(name) === attempt);
  const isUnfolded = (plain: Job) =>
    plain.conclusion === 'skipped' && last.some((job) => job.attempt > plain.attempt && expands(job.name, plain.name));
  return last
    .filter((job) => !isUnfolded(job))
    .map((job) => {
      const folded = last.find(
        (plain) => plain.conclusion === 'skipped' && plain.attempt > job.attempt && expands(job.name, plain.name),
      );
      return folded === undefined ? job : { ...job, attempt: folded.attempt, conclusion: 'skipped' };
    });
}

/** Whether a job has this name, be it as the leg of a matrix or in a workflow that was called. */
export function isCalled(job: string, name: string): boolean {
  const wanted = stepsOf(name);
  return (
    job === name ||
    readingsOf(job).some((steps) => {
      const from = steps.length - wanted.length;
      return from >= 0 && wanted.every((step, index) => isLegOf(steps[from + index] ?? '', step));
    })
  );
}

/** Whether a job is what another, plain name stands for as long as it isn't run: its legs, or the jobs it calls. */
function expands(job: string, plain: string): boolean {
  return (
    job !== plain &&
    readingsOf(job).some((steps) => stepsOf(plain).every((step, index) => isLegOf(steps[index] ?? '', step)))
  );
}

const CUT = '...';
/** In UTF-16 units; each step of a name for itself. */
const LONGEST_STEP = 100;

/** GitHub cuts a long step off, often in the midst of what the matrix is made of, and writes `...` there. */
function isLegOf(step: string, plain: string): boolean {
  if (step === plain || (step.startsWith(`${plain} (`) && (step.endsWith(')') || step.endsWith(CUT)))) {
    return true;
  }
  const isCut = step.length === LONGEST_STEP && step.endsWith(CUT);
  return isCut && `${plain} (`.startsWith(step.slice(0, -CUT.length));
}

/** Where a name is cut off within a parenthesis, what follows may be in it or come after it. */
function readingsOf(name: string): readonly (readonly string[])[] {
  const steps = stepsOf(name);
  const afterCuts = stepsOf(name, CUT);
  return steps.length === afterCuts.length || isClosed(name) ? [steps] : [steps, afterCuts];
}

function isClosed(name: string): boolean {
  return name.split('(').length === name.split(')').length;
}

/**
 * `caller / smoke (a / b)` → `caller`, `smoke (a / b)`: what a matrix is made of may have slashes as well.
 *
 * @param closing what ends a parenthesis beside its own end
 */
function stepsOf(name: string, closing?: string): readonly string[] {
  const steps: string[] = [];
  let open = 0;
  let from = 0;
  for (let at = 0; at < name.length; at += 1) {
    open += name[at] === '(' ? 1 : name[at] === ')' && open > 0 ? -1 : 0;
    const ends = open === 0 || (closing !== undefined && name.slice(from, at).endsWith(closing));
    if (ends && name.startsWith(' / ', at)) {
      steps.push(name.slice(from, at));
      from = at + 3;
      open = 0;
    }
  }
  return [...steps, name.slice(from)];
}

const mostNames = 8;

function namesOf(jobs: readonly Job[]): string {
  const names = [
    ...new Set(
      jobs.map(({ name, conclusion }) => JSON.stringify(name) + (conclusion === 'skipped' ? ' (skipped)' : '')),
    ),
  ];
  const more = names.length - mostNames;
  return names.length === 0
    ? 'it has none'
    : `it has ${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
