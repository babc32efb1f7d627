import type { Revision } from '@meho/helm/record';
import { originOf } from '@meho/helm/rollback-of';
import { rollbackFlags, rollbackTarget, writerOf } from '@meho/helm/rollback-target';
import type { Subject } from '@meho/helm/subject';
import type { Verdict } from '../check.ts';
import { ROLLED_BACK, rollbackTo } from './rollback-to.ts';

/**
 * @param revisions oldest first, at least one
 * @param major of the user's helm; defaults to the last record's writer
 */
export function judgeHistory({ namespace, release }: Subject, revisions: readonly Revision[], major?: number): Verdict {
  const last = revisions.at(-1);
  if (last === undefined) {
    throw new Error('a release without a revision is judged elsewhere');
  }
  const violated = (observed: string, hint: string): Verdict => ({
    outcome: 'violated',
    expected: ROLLED_BACK,
    observed,
    hint,
    severity: 'failure',
  });
  const seen = `revision ${last.revision} is ${last.status}`;
  const look = `helm -n ${namespace} history ${release}`;
  // Without a revision, Helm rolls back to the previous one, whichever that is.
  const rollback = (revision: number | 'REVISION', flags: string) =>
    `helm -n ${namespace} rollback ${release} ${revision} ${flags}`;
  const anyEarlier = rollback('REVISION', flagsToAny(revisions.slice(0, -1), major ?? writerOf(last)));
  if (revisions.length < 2) {
    return violated(`only one revision: ${seen}`, `nothing was upgraded yet: ${look}`);
  }
  if (last.status !== 'deployed') {
    const back = rollbackTarget(revisions, major);
    return back.revision === undefined
      ? violated(`${seen}, "${last.description}"`, `no revision to go back to can be named, ${back.none}; ${look}`)
      : violated(`${seen}, "${last.description}"`, rollback(back.revision, back.flags));
  }
  const origin = originOf(revisions, last);
  switch (origin.kind) {
    case 'rollback':
      return rollbackTo(last, origin);
    case 'deployment':
      return violated(
        `${seen}, and an install or upgrade made it: ${origin.why}`,
        `an install or upgrade is not a rollback: find N's revision by ${look}, then ${anyEarlier}`,
      );
    case 'contradiction':
      return violated(`${seen}, and ${origin.why}`, `somebody has changed Helm's record: ${look}`);
    case 'unclear':
      return {
        outcome: 'unknown',
        seen: true,
        expected: ROLLED_BACK,
        observed: `${seen}, and whether by a rollback or an upgrade its record doesn't tell: ${origin.why}`,
        hint: `find N's revision by ${look}, then go back with helm 4.3 or newer, which writes it down: ${anyEarlier}`,
      };
  }
}

/** For a revision not yet known; if flags differ, `helm get metadata` decides. */
function flagsToAny(revisions: readonly Revision[], major: number): string {
  const [flags = '--wait', ...others] = new Set(revisions.map((revision) => rollbackFlags(revision, major)));
  return others.length === 0 ? flags : '--wait, and --force-conflicts as well where helm get metadata says ssa of it';
}
