import { history } from '../../helm/history.ts';
import type { Revision } from '../../helm/record.ts';
import { originOf } from '../../helm/rollback-of.ts';
import { rollbackFlags, wayBack, writerOf } from '../../helm/way-back.ts';
import type { Check, Verdict } from '../check.ts';
import { noLook } from '../cluster-view.ts';
import { noRecord } from '../no-record.ts';
import type { Subject } from '../subject.ts';

const EXPECTED = 'at least 2 revisions, the last one deployed by a rollback';

/** The release was rolled back, not deployed anew (contract, rollback-verify check 1a). */
export function rolledBack(subject: Subject): Check<'cluster'> {
  return {
    id: 'rolled-back',
    title: 'Helm rolled the release back',
    needs: ['cluster'],
    byHand: `run: helm -n ${subject.namespace} history ${subject.release}`,
    explainedBy: ['deployment-available'],
    async run({ cluster }, signal) {
      try {
        const revisions = await history(cluster.api, subject.namespace, subject.release, { signal });
        if (revisions.length === 0) {
          return await noRecord(cluster, EXPECTED, signal);
        }
        const verdict = judgeHistory(subject, revisions);
        // Only what the server applied is rolled back by another command in Helm 4 than in Helm 3.
        return verdict.outcome === 'holds' || revisions.every(({ applyMethod }) => applyMethod !== 'ssa')
          ? verdict
          : judgeHistory(subject, revisions, await majorAtHand(signal));
      } catch (error) {
        signal.throwIfAborted();
        return noLook(EXPECTED, error);
      }
    },
  };
}

/** The helm that whoever reads the hint has at hand, if there is one. */
async function majorAtHand(signal: AbortSignal): Promise<number | undefined> {
  const { helmVersion, majorOf } = await import('../../helm/program.ts');
  return majorOf(await helmVersion('helm', signal));
}

/**
 * Judges a release's revisions, oldest first and at least one, by Helm's records.
 *
 * @param major of the helm that a hint's command is for; where it isn't known, that of the one which wrote the last record
 */
export function judgeHistory({ namespace, release }: Subject, revisions: readonly Revision[], major?: number): Verdict {
  const last = revisions.at(-1);
  if (last === undefined) {
    throw new Error('a release without a revision is judged elsewhere');
  }
  const violated = (observed: string, hint: string): Verdict => ({
    outcome: 'violated',
    expected: EXPECTED,
    observed,
    hint,
    severity: 'failure',
  });
  const seen = `revision ${last.revision} is ${last.status}`;
  const look = `helm -n ${namespace} history ${release}`;
  // Without a revision Helm goes back to the one before, whatever that is.
  const rollback = (revision: number | 'REVISION', flags: string) =>
    `helm -n ${namespace} rollback ${release} ${revision} ${flags}`;
  const anyEarlier = rollback('REVISION', flagsToAny(revisions.slice(0, -1), major ?? writerOf(last)));
  if (revisions.length < 2) {
    return violated(`only one revision: ${seen}`, `nothing was upgraded yet: ${look}`);
  }
  if (last.status !== 'deployed') {
    const back = wayBack(revisions, major);
    return back.revision === undefined
      ? violated(`${seen}, "${last.description}"`, `no revision to go back to can be named, ${back.none}; ${look}`)
      : violated(`${seen}, "${last.description}"`, rollback(back.revision, back.flags));
  }
  const origin = originOf(revisions, last);
  switch (origin.kind) {
    case 'rollback': {
      const how =
        origin.by === 'word' ? 'as Helm wrote down' : 'as a copy of it, its hooks with the times at which they ran';
      return { outcome: 'holds', observed: `${seen}, rolled back to revision ${origin.target}, ${how}` };
    }
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
        expected: EXPECTED,
        observed: `${seen}, and whether by a rollback or an upgrade its record doesn't tell: ${origin.why}`,
        hint: `find N's revision by ${look}, then go back with helm 4.3 or newer, which writes it down: ${anyEarlier}`,
      };
  }
}

/** The flags for a revision that isn't known yet; where they differ, `helm get metadata` tells how it was applied. */
function flagsToAny(revisions: readonly Revision[], major: number): string {
  const [flags = '--wait', ...others] = new Set(revisions.map((revision) => rollbackFlags(revision, major)));
  return others.length === 0 ? flags : '--wait, and --force-conflicts as well where helm get metadata says ssa of it';
}
