import type { Revision } from './record.ts';
import { originOf } from './rollback-of.ts';

export type RollbackTarget =
  | { readonly revision: number; readonly flags: string; readonly none?: never }
  | { readonly revision?: never; readonly none: string };

/**
 * Returns the target of an unfinished rollback, else the last revision that worked. Helm alone takes the one before the
 * last, failed or not.
 *
 * @param revisions the release's history, oldest first
 * @param major of the helm that rolls back; defaults to the last record's writer
 */
export function rollbackTarget(revisions: readonly Revision[], major?: number): RollbackTarget {
  const last = revisions.at(-1);
  if (last === undefined) {
    return { none: 'there is no revision' };
  }
  const aims = aimsOf(revisions, last);
  if (aims === 'unknown') {
    return { none: `revision ${last.revision} is a rollback, and no record tells to which` };
  }
  const there = revisions.filter(({ revision }) => aims.includes(revision));
  if (aims.length > 0 && there.length === 0) {
    return { none: `it was going back to revision ${aims.join(' or ')}, of which no record is left` };
  }
  const number = there.find((aim) => !isBroken(aim))?.revision ?? lastGood(revisions);
  const revision = revisions.find((each) => each.revision === number);
  return revision === undefined
    ? { none: 'by its records no revision ever worked' }
    : { revision: revision.revision, flags: rollbackFlags(revision, major ?? writerOf(last)) };
}

/**
 * Helm 4 reapplies as originally applied. Server-side, fields that kubectl or an autoscaler changed need
 * `--force-conflicts`, which is harmless otherwise but refused for client-side apply. Helm 3 lacks the flag and always
 * takes over.
 */
export function rollbackFlags({ applyMethod }: Revision, major: number): string {
  return major >= 4 && applyMethod === 'ssa' ? '--wait --force-conflicts' : '--wait';
}

export function writerOf({ applyMethod, rollbackRevision }: Revision): number {
  return applyMethod === undefined && rollbackRevision === undefined ? 3 : 4;
}

/** Targets of the last revision, if a rollback. */
function aimsOf(revisions: readonly Revision[], last: Revision): readonly number[] | 'unknown' {
  const origin = originOf(revisions, last);
  // A possible redeployment of earlier content aims at the same.
  const fits = origin.kind === 'rollback' || origin.kind === 'unclear' ? origin.fits : [];
  return fits.length === 0 && last.status === 'pending-rollback' ? 'unknown' : fits;
}

/**
 * The deployed revision, else the newest superseded one not recorded as failed. A failed rollback supersedes its
 * predecessor, as does an upgrade with none deployed, so the status doesn't show whether it worked.
 */
export function lastGood(revisions: readonly Revision[]): number | undefined {
  const deployed = revisions.findLast(({ status }) => status === 'deployed');
  if (deployed !== undefined) {
    return deployed.revision;
  }
  for (const revision of revisions.filter(({ status }) => status === 'superseded').toReversed()) {
    const good = rootOf(revisions, revision);
    if (good !== undefined && !isBroken(good)) {
      return good.revision;
    }
  }
  return undefined;
}

/** An interrupted rollback looks finished once superseded, so its source counts; undefined if gone. */
function rootOf(revisions: readonly Revision[], revision: Revision): Revision | undefined {
  if (isBroken(revision)) {
    return undefined;
  }
  const origin = originOf(revisions, revision);
  if (origin.kind !== 'rollback') {
    return revision;
  }
  const roots = revisions.filter((other) => origin.fits.includes(other.revision));
  return roots.map((root) => rootOf(revisions, root)).find((root) => root !== undefined);
}

/**
 * Whether the record shows an unfinished revision. Helm overwrites any description, even a given one, on failure, and
 * writes one at the start that only success replaces.
 */
function isBroken({ status, description, hooks }: Revision): boolean {
  if (status === 'failed' || status.startsWith('pending-') || status === 'unknown') {
    return true;
  }
  return status !== 'deployed' && (unfinished.test(description) || hooks.some(isBrokenRun));
}

const unfinished =
  /^((Release|Upgrade|Rollback) ".*" failed: |(Preparing upgrade|Initial install underway|superseded by new release)$)/;

function isBrokenRun({ phase, events }: Revision['hooks'][number]): boolean {
  return (
    phase !== '' &&
    phase !== 'Succeeded' &&
    events.some((event) => /^(pre|post)-(install|upgrade|rollback)$/.test(event))
  );
}
