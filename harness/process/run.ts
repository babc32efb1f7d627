import { execa } from 'execa';
import { Problem } from '../problem.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. Secrets go here, never into arguments. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Named deadline in milliseconds; the child gets SIGTERM, then SIGKILL after 5 s. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Exit codes that are an answer rather than a failure; 0 always is. */
  readonly acceptExitCodes?: readonly number[];
  /** Gets each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
  /** Gets the process's number as soon as it runs, for whoever wants to send it signals. */
  readonly onStarted?: (pid: number) => void;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** A child process that could not be started, ran over its deadline, or ended with an exit code nobody expected. */
export class CommandError extends Problem {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(
    command: string,
    observed: string,
    output: { exitCode: number | undefined; stdout: string; stderr: string },
    options?: ErrorOptions,
  ) {
    const tail = lastLines(output.stderr === '' ? output.stdout : output.stderr, 12);
    super(
      {
        expected: `\`${command}\` to succeed`,
        observed: tail === '' ? observed : `${observed}:\n${tail}`,
        next: 'see its output above',
      },
      options,
    );
    this.name = 'CommandError';
    this.exitCode = output.exitCode;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}

/**
 * Runs a program without a shell and waits for its end.
 *
 * @throws CommandError unless it exits 0 or with one of `acceptExitCodes`
 */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const started = performance.now();
  const child = execa(file, args, {
    reject: false,
    all: true,
    forceKillAfterDelay: 5_000,
    timeout: options.timeoutMs,
    maxBuffer: 256 * 1024 * 1024,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.stdin === undefined ? { stdin: 'ignore' as const } : { input: options.stdin }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  if (child.pid !== undefined) {
    options.onStarted?.(child.pid);
  }
  if (options.onLine !== undefined) {
    const onLine = options.onLine;
    void followLines(child.iterable({ from: 'all' }), onLine);
  }
  const result = await child;
  const durationMs = performance.now() - started;
  const output = { exitCode: result.exitCode, stdout: String(result.stdout), stderr: String(result.stderr) };
  const command = [file, ...args].join(' ');
  if (result.isCanceled) {
    options.signal?.throwIfAborted();
  }
  if (result.timedOut) {
    throw new CommandError(command, `it ran over its ${options.timeoutMs / 1000} s`, output, { cause: result.cause });
  }
  if (result.exitCode === undefined) {
    const how = result.signal === undefined ? 'it could not be started' : `it was ended by ${result.signal}`;
    throw new CommandError(command, how, output, { cause: result.cause });
  }
  if (result.exitCode !== 0 && options.acceptExitCodes?.includes(result.exitCode) !== true) {
    throw new CommandError(command, `it ended with exit code ${result.exitCode}`, output);
  }
  return { exitCode: result.exitCode, stdout: output.stdout, stderr: output.stderr, durationMs };
}

async function followLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  for await (const line of lines) {
    onLine(String(line));
  }
}

/** The last `count` non-empty lines of a text. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
