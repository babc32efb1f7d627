import type { Revision } from './record.ts';
import { originOf } from './rollback-of.ts';

/** The revision to go back to, with the flags for it, or why none is known. */
export type WayBack =
  | { readonly revision: number; readonly flags: string; readonly none?: never }
  | { readonly revision?: never; readonly none: string };

/**
 * Where a release goes from a revision that is not deployed: on to where a rollback was going, and from anything else to
 * the last revision that worked. Helm alone goes to the one before the last, failed or not.
 *
 * @param revisions the release's history, oldest first
 * @param major of the helm that is to go back; where it isn't known, that of the helm which wrote the last revision
 */
export function wayBack(revisions: readonly Revision[], major?: number): WayBack {
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
 * The flags with which `helm rollback` gets to a revision. Helm 4 applies it as it was applied first: by the server, which
 * refuses to change a field that kubectl or an autoscaler has set since then, until it is told to; where nobody has, the
 * flag changes nothing. It is refused for what the client applies, and Helm 3 has no such flag and always takes over.
 */
export function rollbackFlags({ applyMethod }: Revision, major: number): string {
  return major >= 4 && applyMethod === 'ssa' ? '--wait --force-conflicts' : '--wait';
}

/** The major version of the helm that wrote a revision. */
export function writerOf({ applyMethod, rollbackRevision }: Revision): number {
  return applyMethod === undefined && rollbackRevision === undefined ? 3 : 4;
}

/** Where the last revision was going, if it is a rollback; none where it isn't. */
function aimsOf(revisions: readonly Revision[], last: Revision): readonly number[] | 'unknown' {
  const origin = originOf(revisions, last);
  // What may be a deployment of something that was there before aims at the same.
  const fits = origin.kind === 'rollback' || origin.kind === 'unclear' ? origin.fits : [];
  return fits.length === 0 && last.status === 'pending-rollback' ? 'unknown' : fits;
}

/**
 * The newest revision that worked: the one that is deployed, or else the newest superseded one whose record doesn't say
 * that it failed. A rollback that fails makes the revision before it superseded, and so does an upgrade where none is
 * deployed: whether that one ever worked, its status no longer says.
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

/**
 * A rollback that was broken off looks like one that came to its end as soon as it is superseded. What it copied is
 * what counts then; undefined where that is gone.
 */
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
 * Whether the record says that the revision never came to its end. Helm overwrites any description, also a given one, when
 * it gives up, and writes one beforehand that only success replaces.
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
