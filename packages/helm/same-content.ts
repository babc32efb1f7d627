import { sameContent } from './content-digest.ts';
import type { Hook, Revision } from './record.ts';

/** Also run on rollback or on demand, so their runs don't show an install or upgrade. */
const otherEvents: ReadonlySet<string> = new Set([
  'pre-rollback',
  'post-rollback',
  'test',
  'test-success',
  'test-failure',
]);

/** Whether its run shows an install or upgrade. */
export function identifiesOperation({ events }: Hook): boolean {
  return !events.some((event) => otherEvents.has(event));
}

/**
 * A rollback copies chart, values, manifest and hooks with their run times. Another Helm version may encode the same
 * content differently.
 */
export function isCopy(copy: Revision, original: Revision): boolean {
  if (
    copy.hooks.length !== original.hooks.length ||
    !copy.hooks.every((hook, index) => isCopiedHook(hook, original.hooks[index]))
  ) {
    return false;
  }
  const [one, other] = [copy.content(), original.content()];
  return one.manifest === other.manifest && one.values === other.values && sameContent(one.chart, other.chart);
}

function isCopiedHook(copy: Hook, original: Hook | undefined): boolean {
  return (
    original !== undefined &&
    copy.definition() === original.definition() &&
    (!identifiesOperation(copy) ||
      (copy.startedAt === original.startedAt &&
        copy.completedAt === original.completedAt &&
        copy.phase === original.phase))
  );
}
