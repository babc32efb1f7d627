import { createWriteStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { Problem } from '../../problem.ts';
import { CommandError, lastLines, type RunOptions, run } from '../../process/run.ts';

/** How much of a log is told at once; the rest is where the message says. */
const toldLines = 30;

/**
 * Runs a build step with its whole output in a log file.
 *
 * @param what the step in words, e.g. `build k8s.io/kubernetes/cmd/kubectl`
 * @throws Problem with the end of the log and where it is
 */
export async function loggedRun(
  what: string,
  log: string,
  file: string,
  args: readonly string[],
  options: Omit<RunOptions, 'onLine'>,
): Promise<string> {
  const output = createWriteStream(log);
  output.write(`$ ${[file, ...args].join(' ')}\n`);
  try {
    const onLine = (line: string) => output.writableEnded || output.write(`${line}\n`);
    return (await run(file, args, { ...options, onLine })).stdout;
  } catch (error) {
    options.signal?.throwIfAborted();
    output.end();
    await finished(output);
    // Lines may arrive later than the news of the end: what the error carries is complete.
    const text = error instanceof CommandError ? `${error.stdout}\n${error.stderr}` : '';
    await appendFile(log, `\n=== all of its output ===\n${text}`);
    throw new Problem(
      {
        expected: `to ${what}`,
        observed: `${reason(error)}; the end of its log:\n${lastLines(text, toldLines)}`,
        next: `the whole log is in ${log}`,
      },
      { cause: error },
    );
  } finally {
    output.end();
  }
}

function reason(error: unknown): string {
  const observed = error instanceof Problem ? error.observed : String(error);
  return observed.split('\n')[0]?.replace(/:$/, '') ?? observed;
}
