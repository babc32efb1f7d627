import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  /** Whole: nothing of our own is added. */
  readonly env?: NodeJS.ProcessEnv;
  /** For secrets, which are never arguments. */
  readonly stdin?: string;
  readonly deadlineMs: number;
}

export interface Ended {
  readonly succeeded: boolean;
  /** Of both streams, as it came. */
  readonly said: string;
}

/** Shows what it says on stderr. @throws Error if it can't be started */
export async function runProgram(file: string, args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const child = spawn(file, args, { env: options.env, timeout: options.deadlineMs, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      process.stderr.write(text);
    });
  }
  // A program may end before it has read all.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const [code, signal]: (number | string | null)[] = await once(child, 'close');
  return { succeeded: code === 0, said: signal === 'SIGTERM' ? `${said}\n${file} timed out` : said };
}
