import { holds, notYet, WaitError, waitFor } from '@meho/core/wait/wait-for';
import type { Observed } from '../matrix.ts';

export interface Difference<F> {
  readonly flow: F;
  readonly seen: Observed | undefined;
}

/**
 * Repeats until none differs or the deadline, since policies take time.
 *
 * @param look returns those of its flows that differ
 * @returns the last differences; all flows if no look finished, which is no agreement
 */
export async function waitForAgreement<F>(
  flows: readonly F[],
  look: (flows: readonly F[], signal: AbortSignal) => Promise<readonly Difference<F>[]>,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<readonly Difference<F>[]> {
  let left: readonly Difference<F>[] | undefined;
  try {
    await waitFor(
      'every flow to be as computed',
      async (looking) => {
        // First differences only; all flows are asked again once these agree.
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
