import { execa } from 'execa';
import { Problem } from '../problem.ts';
import { newChildMark } from './child-mark.ts';
import { isRunning, waitForExit } from './wait-for-exit.ts';
import { Watchdog } from './watchdog.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to our own. Secrets go here, never into arguments. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Shares our stdin, stderr (uncollected) and terminal for prompts. */
  readonly interactive?: boolean;
  /** SIGTERM to the child, then its descendants; after 5 s SIGKILL. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Answers rather than failures; 0 always is. */
  readonly acceptExitCodes?: readonly number[];
  /** Characters per stream; more ends the child. */
  readonly maxOutput?: number;
  /** Errors then show none of its stdout. */
  readonly printsSecret?: boolean;
  readonly onLine?: (line: string) => void;
  readonly onStarted?: (pid: number) => void;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** Not started, over its deadline, or an unexpected exit code. */
export class CommandError extends Problem {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** More than `maxOutput`. */
  readonly overflowed: boolean;
  /** The system's, if it could not be started, e.g. `EACCES`. */
  readonly code: string | undefined;

  constructor(
    command: string,
    observed: string,
    output: {
      exitCode: number | undefined;
      stdout: string;
      stderr: string;
      timedOut?: boolean;
      overflowed?: boolean;
      code?: string | undefined;
    },
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
    this.code = output.code;
  }
}

const LONGEST_TAIL = 4_000;
const DEFAULT_MAX_OUTPUT = 16 * 1024 * 1024;

const watchdog = new Watchdog();

/**
 * Runs a program without a shell until its exit, whichever process holds its streams. On deadline, abort or our own death its
 * descendants end too.
 * @throws CommandError unless it exits 0 or with one of `acceptExitCodes`
 */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<CommandResult> {
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
  const endedBy = await waitForExit(child.nodeChildProcess, { mark, timeoutMs, signal });
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
    code: result.code,
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

export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
