import { describeConflict, fieldConflictsIn } from '@meho/helm/field-conflicts';
import { instantOf, timeText } from '@meho/helm/instant';
import type { JobHook } from '@meho/helm/migration-hooks';
import type { Revision } from '@meho/helm/record';
import { isOwnRun } from '@meho/helm/rollback-of';
import type { Subject } from '@meho/helm/subject';
import type { Job } from '@meho/kube/api/resource';
import { jobState } from '@meho/kube/workloads/job-state';
import type { Verdict } from '../check.ts';

export const MIGRATED = 'a migration Job that succeeded, or whose success Helm has recorded where success removes it';

function violated(observed: string, hint: string): Verdict & { readonly outcome: 'violated' } {
  return { outcome: 'violated', expected: MIGRATED, observed, hint, severity: 'failure' };
}

function unknown(observed: string, hint: string): Verdict {
  return { outcome: 'unknown', seen: true, expected: MIGRATED, observed, hint };
}

/** One that did not succeed is enough, whatever the release's status. */
export function judgeJobs({ namespace }: Subject, found: readonly Job[]) {
  for (const job of found) {
    const name = nameOf(job);
    const state = jobState(job);
    if (state.state === 'failed') {
      const logs = `kubectl -n ${namespace} logs job/${name} --all-containers --tail=50`;
      return violated(`Job ${name} failed (${state.why})`, logs);
    }
    if (state.state === 'unfinished') {
      return violated(`Job ${name} is not finished: ${state.why}`, `kubectl -n ${namespace} describe job ${name}`);
    }
  }
  return undefined;
}

export interface MigrationRecord {
  /** Oldest first; with only the newest, clock differences go unnoticed. */
  readonly revisions: readonly Revision[];
  readonly hooks: readonly JobHook[];
  readonly plainJobs: readonly string[];
}

/** @param found Jobs that have all succeeded */
export function judgeMigration(subject: Subject, found: readonly Job[], recorded: MigrationRecord): Verdict {
  const last = recorded.revisions.at(-1);
  if (last === undefined) {
    return { outcome: 'holds', observed: `${namesOf(found)} succeeded; there is no Helm record to hold that against` };
  }
  const migrating = recorded.hooks.filter((hook) => hook.with.length > 0);
  if (migrating.length === 0) {
    return judgeUnhooked(subject, found, last, recorded);
  }
  const ends = migrating.map((hook) => ({ hook, end: endOf(hook, found, recorded.revisions) }));
  const missing = ends.filter(({ end }) => end.kind !== 'job');
  if (missing.length > 0 && last.status !== 'deployed') {
    const seen =
      found.length === 0 && missing.every(({ end }) => end.kind === 'recorded')
        ? 'the Job is gone and'
        : `${missing.map(({ hook, end }) => unfinished(hook, end)).join('; ')};`;
    return violated(`${seen} ${stateOf(last)}`, history(subject));
  }
  // One hook may serve both.
  const complete = (['install', 'upgrade'] as const)
    .map((verb) => ends.filter(({ hook }) => hook.with.includes(verb)))
    .find((group) => group.length > 0 && group.every(({ end }) => end.kind === 'job' || end.kind === 'recorded'));
  const trouble = ends.map(({ end }) => end).find((end) => end.kind === 'bad' || end.kind === 'unclear');
  if (trouble?.kind === 'bad') {
    return violated(trouble.why, history(subject));
  }
  if (trouble?.kind === 'unclear') {
    return unknown(trouble.why, history(subject));
  }
  if (complete === undefined) {
    return neverRan(
      subject,
      last,
      ends.flatMap(({ hook, end }) => (end.kind === 'never' ? [{ hook, end }] : [])),
    );
  }
  const there = namesOf(complete.filter(({ end }) => end.kind === 'job').map(({ hook }) => hook));
  const told = complete.flatMap(({ end }) => (end.kind === 'recorded' ? [end.told] : []));
  return {
    outcome: 'holds',
    observed: [
      ...(there === '' ? [] : [`${there} succeeded`]),
      ...told,
      ...(told.length === 0 ? [] : [`revision ${last.revision} is deployed`]),
    ].join(', '),
  };
}

type End =
  | { readonly kind: 'job' }
  | { readonly kind: 'recorded'; readonly told: string }
  | { readonly kind: 'never'; readonly leftOver?: string }
  | { readonly kind: 'bad' | 'unclear'; readonly why: string };

function unfinished({ name }: JobHook, end: End): string {
  switch (end.kind) {
    case 'never':
      return end.leftOver ?? `Job ${name} has not run`;
    case 'bad':
    case 'unclear':
      return end.why;
    default:
      return `Job ${name} is gone`;
  }
}

function endOf(hook: JobHook, found: readonly Job[], revisions: readonly Revision[]): End {
  const last = revisions.at(-1);
  const job = found.find((each) => nameOf(each) === hook.name);
  if (job !== undefined) {
    const created = instantOf(job.metadata?.creationTimestamp);
    if (created !== undefined && isAsNew(created, hook, revisions)) {
      return { kind: 'job' };
    }
    const made = created === undefined ? 'at a time that it doesn’t tell' : `at ${timeText(created)}`;
    return hook.startedAt === undefined
      ? { kind: 'never', leftOver: `Job ${hook.name}, made ${made}, is of an earlier revision` }
      : {
          kind: 'bad',
          why: `Job ${hook.name} was made ${made}, before its run that counts for revision ${last?.revision}, at ${timeText(hook.startedAt)}`,
        };
  }
  switch (hook.phase) {
    case 'Succeeded': {
      const when = hook.completedAt ?? hook.startedAt;
      const whose = last !== undefined && isOwnRun(last, hook) ? '' : ' for the revision that was rolled back to';
      return {
        kind: 'recorded',
        told: `Job ${hook.name} is gone after its success${whose}${when === undefined ? '' : ` at ${timeText(when)}`}`,
      };
    }
    case '':
      return { kind: 'never' };
    case 'Failed':
      return { kind: 'bad', why: `Job ${hook.name} is gone, and Helm has recorded that it failed` };
    default:
      return {
        kind: 'unclear',
        why: `Job ${hook.name} is gone, and Helm has recorded no end of its run: ${hook.phase}`,
      };
  }
}

/**
 * Helm's machine may have another clock than the API server, so the record's creation, just before its run, counts too.
 */
function isAsNew(created: bigint, hook: JobHook, revisions: readonly Revision[]): boolean {
  const second = 1_000_000_000n;
  const { startedAt } = hook;
  if (startedAt === undefined) {
    const last = revisions.at(-1);
    const since = last?.createdAt ?? last?.lastDeployed;
    // Run by hand after a deployment without hooks.
    return since !== undefined && created > since;
  }
  const record = revisions.find((revision) =>
    revision.hooks.some((each) => each.name === hook.name && each.startedAt === startedAt && isOwnRun(revision, each)),
  );
  return created >= (startedAt / second) * second || (record?.createdAt !== undefined && created >= record.createdAt);
}

function neverRan(
  subject: Subject,
  last: Revision,
  ends: readonly { readonly hook: JobHook; readonly end: { readonly leftOver?: string } }[],
): Verdict {
  const { namespace, release } = subject;
  const left = ends.flatMap(({ end }) => end.leftOver ?? []);
  const verb = verbOf(last);
  if (verb !== undefined && ends.every(({ hook }) => !hook.with.includes(verb))) {
    const other = verb === 'install' ? 'upgrade' : 'install';
    const names = namesOf(ends.map(({ hook }) => hook));
    const seen = `revision ${last.revision} is an ${verb}, and its hook Job ${names} runs with an ${other} alone: Helm had nothing to run, and nothing tells of a migration`;
    return unknown(
      [seen, ...left].join('; '),
      `let the hook run with pre-${verb} as well, or run the migration by hand`,
    );
  }
  const seen = `revision ${last.revision} is ${last.status}, and its hook Job ${namesOf(ends.map(({ hook }) => hook))} never ran for it`;
  return violated(
    [seen, ...left].join('; '),
    `deploy again without --no-hooks (Flux: disableHooks); its events: helm -n ${namespace} get hooks ${release}`,
  );
}

/** Undefined if the record doesn't say, as after a rollback. */
function verbOf({
  revision,
  firstDeployed,
  lastDeployed,
  rollbackRevision,
}: Revision): JobHook['with'][number] | undefined {
  if (revision === 1) {
    return 'install';
  }
  if (rollbackRevision !== undefined || firstDeployed === undefined || lastDeployed === undefined) {
    return undefined;
  }
  return firstDeployed === lastDeployed ? 'install' : 'upgrade';
}

function judgeUnhooked(
  subject: Subject,
  found: readonly Job[],
  last: Revision,
  { hooks, plainJobs }: MigrationRecord,
): Verdict {
  if (found.length === 0) {
    if (last.status !== 'deployed') {
      return violated(`the Job is gone and ${stateOf(last)}`, history(subject));
    }
    return unknown(
      plainJobs.length > 0
        ? `Job ${plainJobs.join(', ')} of revision ${last.revision} is gone, and of what is no hook Helm records no end`
        : hooks.length > 0
          ? `hook Job ${namesOf(hooks)} of revision ${last.revision} runs with ${eventsOf(hooks)} alone: nothing tells of a migration`
          : `revision ${last.revision} has no migration Job, neither as a hook nor in its manifest: nothing tells of a migration`,
      hooks.length > 0
        ? 'let the hook run with pre-install and pre-upgrade as well'
        : 'migrate by a hook with the label app.kubernetes.io/component=migrate',
    );
  }
  const since = last.createdAt ?? last.lastDeployed;
  const isOurs = (job: Job) => {
    const created = instantOf(job.metadata?.creationTimestamp);
    return plainJobs.includes(nameOf(job)) || (created !== undefined && since !== undefined && created >= since);
  };
  return found.some(isOurs)
    ? { outcome: 'holds', observed: `${namesOf(found.filter(isOurs))} succeeded` }
    : unknown(
        `${namesOf(found)} succeeded before revision ${last.revision}, which has no migration Job of its own`,
        'migrate by a hook with the label app.kubernetes.io/component=migrate',
      );
}

function eventsOf(hooks: readonly JobHook[]): string {
  return [...new Set(hooks.flatMap(({ events }) => events))].join(', ');
}

function stateOf({ revision, status, description }: Revision): string {
  const conflicts = status === 'failed' ? fieldConflictsIn(description).map(describeConflict) : [];
  const why = conflicts.length === 0 ? '' : `, because ${conflicts.join(', ')}`;
  return `revision ${revision} is ${status}${why}`;
}

function history({ namespace, release }: Subject): string {
  return `helm -n ${namespace} history ${release}`;
}

function nameOf({ metadata }: Job): string {
  return metadata?.name ?? '';
}

function namesOf(objects: readonly (Job | { readonly name: string })[]): string {
  return objects.map((object) => ('name' in object ? object.name : nameOf(object))).join(', ');
}
