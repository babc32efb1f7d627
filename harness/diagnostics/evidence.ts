import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../problem.ts';
import { keep } from '../report/output.ts';
import type { Redactor } from './redact.ts';

/** One file of evidence and how to come by its text. */
export interface EvidenceItem {
  /** File name below the folder, e.g. `events.txt`. */
  readonly file: string;
  readonly collect: (signal: AbortSignal) => Promise<string>;
}

/**
 * Collects side by side and writes each item, redacted, as soon as it is there. Never throws and never takes longer
 * than its deadline: what could not be had is told in its place, so that a reader knows that it is not nothing.
 *
 * @param deadlineMs for all together, in milliseconds
 * @returns what could not be written, and why; whoever names the folder to a person says that as well
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
  // It may come after everything is there, when nobody waits for it any more.
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
      return keep(path.join(folder, file), 'txt', redact(text)).then(
        () => [],
        (error: unknown) => [messageOf(error)],
      );
    }),
  );
  return unwritten.flat();
}
