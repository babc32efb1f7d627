import { createWriteStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { Problem } from '@meho/core/problem';
import { CommandError, lastLines, type RunOptions, run } from '@meho/core/process/run';

/** Printed at once; the message names the file with the rest. */
const toldLines = 30;

/**
 * @param what e.g. `build k8s.io/kubernetes/cmd/kubectl`
 * @throws Problem with the end and the path of the log
 */
export async function runLogged(
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
    // Lines may arrive after the exit; the error has all of them.
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
