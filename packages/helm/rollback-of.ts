import type { Hook, Revision } from './record.ts';
import { identifiesOperation, isCopy } from './same-content.ts';

/** How Helm's records say a revision came about. Ignores the description, which may be any text. */
export type Origin =
  /**
   * `by` tells why: Helm's own word, or a full copy, which also matches each earlier copy of the target (`fits`, oldest
   * first).
   */
  | {
      readonly kind: 'rollback';
      readonly target: number;
      readonly by: 'word' | 'copy';
      readonly fits: readonly number[];
    }
  | { readonly kind: 'deployment'; readonly why: string }
  /** The records fit both. */
  | { readonly kind: 'unclear'; readonly why: string; readonly fits: readonly number[] }
  /** The record is impossible. */
  | { readonly kind: 'contradiction'; readonly why: string };

/**
 * Helm 4.3 and newer record the target of a rollback. Older ones copy chart, values, manifest and hooks with their run
 * times, while an upgrade's hooks ran after its start or never.
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
  const ran = revision.hooks.filter((hook) => identifiesOperation(hook) && hook.startedAt !== undefined);
  const earlier = revisions.filter((other) => other.revision < number);
  const fits = earlier.filter((other) => isCopy(revision, other)).map((other) => other.revision);
  const [first] = fits;
  // No two runs share a nanosecond, whatever the clock of the machine that rolls back.
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

/** A rollback's hooks are older than the rollback. */
export function isOwnRun({ lastDeployed }: Revision, { startedAt }: Hook): boolean {
  return startedAt !== undefined && lastDeployed !== undefined && startedAt >= lastDeployed;
}
