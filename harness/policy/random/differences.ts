import { holds, notYet, WaitError, waitFor } from '../../wait/wait-for.ts';
import type { Observed } from '../matrix.ts';

/** A flow that isn't as it was computed. */
export interface Difference<F> {
  readonly flow: F;
  /** Nothing where no round of probes came to an end. */
  readonly seen: Observed | undefined;
}

/**
 * Looks at flows again and again until none differs, or until the deadline: policies take their time.
 *
 * @param look gives those that differ of the flows that it is given
 * @returns what differed last; all of them where not one look came to an end, which is no agreement
 */
export async function untilNoneDiffers<F>(
  flows: readonly F[],
  look: (flows: readonly F[], signal: AbortSignal) => Promise<readonly Difference<F>[]>,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<readonly Difference<F>[]> {
  let left: readonly Difference<F>[] | undefined;
  try {
    await waitFor(
      'every flow to be as computed',
      async (looking) => {
        // Those that differed first: all of them are asked again once these are as computed.
        const late =
          left === undefined || left.length === 0
            ? []
            : await look(
                left.map(({ flow }) => flow),
                looking,
              );
        left = late.length > 0 ? late : await look(flows, looking);
        return left.length === 0 ? holds(undefined) : notYet(`${left.length} flows differ`);
      },
      { deadlineMs, intervalMs: 200, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WaitError)) {
      throw error;
    }
  }
  return left ?? flows.map((flow) => ({ flow, seen: undefined }));
}
