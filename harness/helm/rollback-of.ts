import type { Hook, Revision } from './record.ts';
import { isCopy, isTelling } from './same-content.ts';

/** How a revision came to be, as far as Helm's records tell. What its description says decides nothing: it is anybody's text. */
export type Origin =
  /**
   * Rolled back to the target. `by` says what tells it: Helm's own word, or that all of the target was copied, which then
   * holds for each revision that was copied from it before as well (`fits`, oldest first).
   */
  | {
      readonly kind: 'rollback';
      readonly target: number;
      readonly by: 'word' | 'copy';
      readonly fits: readonly number[];
    }
  /** Installed or upgraded. */
  | { readonly kind: 'deployment'; readonly why: string }
  /** The records fit both. */
  | { readonly kind: 'unclear'; readonly why: string; readonly fits: readonly number[] }
  /** The record says what can't be. */
  | { readonly kind: 'contradiction'; readonly why: string };

/**
 * Reads whether a revision is a rollback, and to which. Helm 4.3 and newer write it. Others copy the target: chart,
 * values, manifest and hooks with the times at which they ran, whereas an upgrade's hooks ran after it had begun, or not
 * at all.
 *
 * @param revisions the release's history, oldest first
 */
export function originOf(revisions: readonly Revision[], revision: Revision): Origin {
  const { rollbackRevision: word, revision: number } = revision;
  if (word !== undefined) {
    return Number.isInteger(word) && word > 0 && word < number
      ? { kind: 'rollback', target: word, by: 'word', fits: [word] }
      : { kind: 'contradiction', why: `it says that it went back to revision ${word}, which can't be before it` };
  }
  const ran = revision.hooks.filter((hook) => isTelling(hook) && hook.startedAt !== undefined);
  const earlier = revisions.filter((other) => other.revision < number);
  const fits = earlier.filter((other) => isCopy(revision, other)).map((other) => other.revision);
  const [first] = fits;
  // Nobody's run is at the same nanosecond as another's, whatever the clock of the machine says that rolls back.
  if (first !== undefined && ran.length > 0) {
    return { kind: 'rollback', target: first, by: 'copy', fits };
  }
  const own = ran.find((hook) => isOwnRun(revision, hook));
  if (own !== undefined) {
    return { kind: 'deployment', why: `its hook ${own.name} ran for it, which a rollback doesn't do` };
  }
  if (first !== undefined) {
    return {
      kind: 'unclear',
      why: `it equals revision ${fits.join(' and ')}, and no hook of it tells by its run`,
      fits,
    };
  }
  if (ran.length > 0) {
    const why =
      'its hooks ran before it had begun, as those do that a rollback copies, but no record is left that it is a copy of';
    return { kind: 'unclear', why, fits };
  }
  const gone = number - 1 - earlier.length;
  return gone === 0
    ? { kind: 'deployment', why: 'it is a copy of no earlier revision' }
    : {
        kind: 'unclear',
        why: `it is a copy of no revision that is recorded, but of ${gone} earlier ones no record is left`,
        fits,
      };
}

/** Whether the hook ran for this very revision: a rollback's hooks are older than itself. */
export function isOwnRun({ lastDeployed }: Revision, { startedAt }: Hook): boolean {
  return startedAt !== undefined && lastDeployed !== undefined && startedAt >= lastDeployed;
}
