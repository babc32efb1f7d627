import { execa } from 'execa';
import { Problem } from '../problem.ts';
import { newChildMark } from './child-mark.ts';
import { isRunning, untilOver } from './until-over.ts';
import { Watchdog } from './watchdog.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. Secrets go here, never into arguments. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /**
   * A person may be asked: standard input and standard error are this process's own, and so is the terminal. Its standard
   * error is not collected then.
   */
  readonly interactive?: boolean;
  /** Named deadline in milliseconds; the child gets SIGTERM, then all that it has started, and after 5 s all are killed. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Exit codes that are an answer rather than a failure; 0 always is. */
  readonly acceptExitCodes?: readonly number[];
  /** The most characters that either stream may have; the child is ended when there are more. */
  readonly maxOutput?: number;
  /** What it prints on standard output is a secret: no error shows any of it. */
  readonly printsSecret?: boolean;
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
  readonly timedOut: boolean;
  /** It printed more than it may. */
  readonly overflowed: boolean;

  constructor(
    command: string,
    observed: string,
    output: { exitCode: number | undefined; stdout: string; stderr: string; timedOut?: boolean; overflowed?: boolean },
    options?: ErrorOptions,
  ) {
    const tail = lastLines(output.stderr === '' ? output.stdout : output.stderr, 12).slice(-LONGEST_TAIL);
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
    this.timedOut = output.timedOut ?? false;
    this.overflowed = output.overflowed ?? false;
  }
}

const LONGEST_TAIL = 4_000;
const DEFAULT_MAX_OUTPUT = 16 * 1024 * 1024;

const watchdog = new Watchdog();

/**
 * Runs a program without a shell and waits for its end: its exit, not the end of whatever else holds its streams. What it has
 * started ends with it on the deadline, on an abort and when this process is killed.
 *
 * @throws CommandError unless it exits 0 or with one of `acceptExitCodes`
 */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const {
    interactive = false,
    maxOutput = DEFAULT_MAX_OUTPUT,
    onLine,
    printsSecret = false,
    signal,
    timeoutMs,
  } = options;
  signal?.throwIfAborted();
  const mark = newChildMark();
  using watched = watchdog.watch(mark);
  const started = performance.now();
  const child = execa(file, args, {
    reject: false,
    maxBuffer: maxOutput,
    env: { ...options.env, ...mark.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.stdin === undefined
      ? { stdin: interactive ? ('inherit' as const) : ('ignore' as const) }
      : { input: options.stdin }),
    stderr: interactive ? 'inherit' : 'pipe',
  });
  if (child.pid !== undefined) {
    watched.runsAs(child.pid);
    options.onStarted?.(child.pid);
  }
  const followed = Promise.allSettled(
    onLine === undefined
      ? []
      : (interactive ? (['stdout'] as const) : (['stdout', 'stderr'] as const)).map((from) =>
          followLines(child.iterable({ from }), onLine),
        ),
  );
  const endedBy = await untilOver(child.nodeChildProcess, { mark, timeoutMs, signal });
  if (endedBy === 'abort') {
    signal?.throwIfAborted();
  }
  const command = [file, ...args].join(' ');
  if (child.pid !== undefined && isRunning(child.nodeChildProcess)) {
    const output = { exitCode: undefined, stdout: '', stderr: '', timedOut: true };
    throw new CommandError(command, `it ran over its ${timeoutMs / 1000} s, and nothing ends it`, output);
  }
  const result = await child;
  for (const line of await followed) {
    if (line.status === 'rejected') {
      throw line.reason;
    }
  }
  const output = {
    exitCode: result.exitCode,
    stdout: printsSecret ? '' : String(result.stdout),
    stderr: String(result.stderr ?? ''),
    timedOut: endedBy === 'deadline',
    overflowed: endedBy === 'output' || result.isMaxBuffer,
  };
  const cause = printsSecret ? {} : { cause: result.cause };
  if (output.timedOut) {
    throw new CommandError(command, `it ran over its ${timeoutMs / 1000} s`, output, cause);
  }
  if (output.overflowed) {
    throw new CommandError(command, `it printed more than ${maxOutput} characters`, output, cause);
  }
  if (result.exitCode === undefined) {
    const how = result.signal === undefined ? 'it could not be started' : `it was ended by ${result.signal}`;
    throw new CommandError(command, how, output, cause);
  }
  if (result.exitCode !== 0 && options.acceptExitCodes?.includes(result.exitCode) !== true) {
    throw new CommandError(command, `it ended with exit code ${result.exitCode}`, output);
  }
  const durationMs = performance.now() - started;
  return { exitCode: result.exitCode, stdout: String(result.stdout), stderr: output.stderr, durationMs };
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
