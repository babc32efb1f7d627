export interface Job {
  readonly id: number;
  /** E.g. `smoke`; `smoke (a, b)` in a matrix, `caller / smoke` in a called workflow. */
  readonly name: string;
  /** "Re-run failed jobs" leaves the others' as they were. */
  readonly attempt: number;
  /** Null while running. */
  readonly conclusion: string | null;
}

/** The smoke job's outcome, over all legs. */
export type Smoke =
  | { readonly state: 'ran'; readonly conclusion: string | null; readonly jobs: readonly Job[] }
  | { readonly state: 'skipped'; readonly jobs: readonly Job[] }
  | { readonly state: 'absent'; readonly shown: string };

/** A run is green even if its smoke was skipped, or failed under continue-on-error, so the job decides. */
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
 * Takes each job's last attempt. While skipped, a job has a plain name instead of its legs and called jobs: the newer
 * of the two counts.
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

/** Also accepts a matrix leg or a job of a called workflow. */
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

/** Whether `plain`, used while skipped, stands for this leg or called job. */
function expands(job: string, plain: string): boolean {
  return (
    job !== plain &&
    readingsOf(job).some((steps) => stepsOf(plain).every((step, index) => isLegOf(steps[index] ?? '', step)))
  );
}

const CUT = '...';
/** In UTF-16 units, per step of a name. */
const LONGEST_STEP = 100;

/** GitHub truncates a long step with `...`, often within the matrix. */
function isLegOf(step: string, plain: string): boolean {
  if (step === plain || (step.startsWith(`${plain} (`) && (step.endsWith(')') || step.endsWith(CUT)))) {
    return true;
  }
  const isCut = step.length === LONGEST_STEP && step.endsWith(CUT);
  return isCut && `${plain} (`.startsWith(step.slice(0, -CUT.length));
}

/** Where a name is cut within parentheses, the rest may be inside or outside. */
function readingsOf(name: string): readonly (readonly string[])[] {
  const steps = stepsOf(name);
  const afterCuts = stepsOf(name, CUT);
  return steps.length === afterCuts.length || isClosed(name) ? [steps] : [steps, afterCuts];
}

function isClosed(name: string): boolean {
  return name.split('(').length === name.split(')').length;
}

/**
 * `caller / smoke (a / b)` → `caller`, `smoke (a / b)`: matrix values may have slashes.
 * @param closing also ends a parenthesis
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
