import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@meho/core/problem';
import type { Redactor } from '@meho/core/redaction/redact';
import { writeReport } from '@meho/core/report/output';

export interface EvidenceItem {
  /** Below the folder, e.g. `events.txt`. */
  readonly file: string;
  readonly collect: (signal: AbortSignal) => Promise<string>;
}

/**
 * Collects concurrently and writes each item, redacted, when ready. Never throws or exceeds its deadline; a missing
 * item's file says why.
 *
 * @param deadlineMs for all together
 * @returns what could not be written, to report with the folder
 */
export async function collectEvidence(
  folder: string,
  items: readonly EvidenceItem[],
  { redact, deadlineMs }: { readonly redact: Redactor; readonly deadlineMs: number },
): Promise<readonly string[]> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const late = new Promise<never>((_resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new Error(`not there within ${deadlineMs / 1000} s`)));
  });
  // May reject when nobody waits any more.
  late.catch(() => undefined);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    return [messageOf(error)];
  }
  const unwritten = await Promise.all(
    items.map(async ({ file, collect }) => {
      let text: string;
      try {
        text = await Promise.race([collect(deadline), late]);
      } catch (error) {
        text = `could not be collected: ${messageOf(error)}\n`;
      }
      return writeReport(path.join(folder, file), 'txt', redact(text)).then(
        () => [],
        (error: unknown) => [messageOf(error)],
      );
    }),
  );
  return unwritten.flat();
}
