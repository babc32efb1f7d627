import { jobHooks, jobNames } from '@meho/helm/migration-hooks';
import type { Revision } from '@meho/helm/record';
import { rollbackTarget } from '@meho/helm/rollback-target';
import { selectorOf } from '@meho/helm/subject';
import semver from 'semver';
import type { Verdict } from '../check.ts';
import { judgeHistory } from '../judging/judge-history.ts';
import { judgeMigration } from '../judging/judge-migration.ts';

type Outcome = Verdict['outcome'];

export interface RecordReading {
  /** Oldest first. */
  readonly statuses: string;
  readonly rollback: Outcome;
  /** With no Job left. */
  readonly migration: Outcome;
  /** The revision to go back to, if the newest isn't deployed. */
  readonly back?: number | 'none';
}

interface Expected extends Omit<RecordReading, 'rollback'> {
  /** With Helm's leftover Jobs, if different: an unfinished or failed Job is a fault itself. */
  readonly beside?: Outcome;
  /** Helm 4.3 and newer record the target. */
  readonly rollback: Outcome | { readonly written: Outcome; readonly unwritten: Outcome };
}

export function expectedOf(scenario: string, helm: string): RecordReading {
  const expected = expectations[scenario];
  if (expected === undefined) {
    throw new Error(`nothing is expected of the scenario ${scenario}`);
  }
  const { rollback, beside: _beside, ...same } = expected;
  const which = semver.gte(helm, '4.3.0') ? 'written' : 'unwritten';
  return { ...same, rollback: typeof rollback === 'string' ? rollback : rollback[which] };
}

export function besideJobs(scenario: string): Outcome | undefined {
  return expectations[scenario]?.beside ?? expectations[scenario]?.migration;
}

/** @param revisions oldest first */
export function readRecords(revisions: readonly Revision[]): RecordReading {
  const last = revisions.at(-1);
  if (last === undefined) {
    throw new Error('helm has written nothing down');
  }
  const subject = { namespace: 'meho', release: 'meho' };
  const selector = selectorOf(subject, 'migrate');
  const hooks = jobHooks(last, selector);
  const plainJobs = jobNames(last.manifest ?? '', selector);
  const back = rollbackTarget(revisions);
  return {
    statuses: revisions.map(({ status }) => status).join(' '),
    rollback: judgeHistory(subject, revisions).outcome,
    migration: judgeMigration(subject, [], { revisions, hooks, plainJobs }).outcome,
    ...(last.status === 'deployed' ? {} : { back: back.revision ?? 'none' }),
  };
}

export const expectations: Readonly<Record<string, Expected>> = {
  'rolled back': { statuses: 'superseded superseded deployed', rollback: 'holds', migration: 'holds' },
  'rolled back, without hooks': {
    statuses: 'superseded superseded deployed',
    rollback: { written: 'holds', unwritten: 'unknown' },
    migration: 'unknown',
  },
  'deployed again, described as a rollback': {
    statuses: 'superseded superseded deployed',
    rollback: 'violated',
    migration: 'holds',
  },
  'deployed again, without hooks': {
    statuses: 'superseded superseded deployed',
    rollback: 'unknown',
    migration: 'unknown',
  },
  'deployed again with --no-hooks': {
    statuses: 'superseded superseded deployed',
    rollback: 'violated',
    migration: 'violated',
  },
  'rolled back to a rollback': {
    statuses: 'superseded superseded superseded superseded deployed',
    rollback: 'holds',
    migration: 'holds',
  },
  'rolled back with 0': { statuses: 'superseded superseded deployed', rollback: 'holds', migration: 'holds' },
  'rolled back, with hooks that run on rollbacks and tests': {
    statuses: 'superseded superseded deployed',
    rollback: 'holds',
    migration: 'holds',
  },
  'installed with --no-hooks': { statuses: 'deployed', rollback: 'violated', migration: 'violated' },
  'installed with --no-hooks, then tested': { statuses: 'deployed', rollback: 'violated', migration: 'violated' },
  'rolled back to what was installed with --no-hooks': {
    statuses: 'superseded superseded deployed',
    rollback: { written: 'holds', unwritten: 'unknown' },
    migration: 'violated',
  },
  'rollback failed': {
    statuses: 'superseded superseded failed',
    rollback: 'violated',
    migration: 'violated',
    back: 1,
  },
  'rollback failed twice, after an upgrade that failed': {
    statuses: 'superseded deployed superseded superseded failed',
    rollback: 'violated',
    migration: 'violated',
    back: 1,
  },
  'rollback killed': {
    statuses: 'superseded deployed pending-rollback',
    rollback: 'violated',
    migration: 'violated',
    back: 1,
  },
  'upgrade killed, then rolled back': {
    statuses: 'superseded pending-upgrade deployed',
    rollback: 'holds',
    migration: 'holds',
    beside: 'violated',
  },
  'rolled back to a revision that failed': {
    statuses: 'superseded failed deployed',
    rollback: 'holds',
    migration: 'violated',
  },
  'nothing ever worked': { statuses: 'failed failed', rollback: 'violated', migration: 'violated', back: 'none' },
  'installed in vain, then upgraded': { statuses: 'superseded deployed', rollback: 'violated', migration: 'holds' },
  'the target’s record is gone': {
    statuses: 'superseded deployed',
    rollback: { written: 'holds', unwritten: 'unknown' },
    migration: 'holds',
  },
  'uninstalled with its history, then rolled back': {
    statuses: 'superseded uninstalled deployed',
    rollback: 'holds',
    migration: 'holds',
  },
};
