import { run } from '@meho/core/process/run';

export interface Timed {
  /** Start to exit. */
  readonly wallMs: number;
  /** User and system, of the process and of what it waited for. */
  readonly cpuMs: number;
}

export interface TimedCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What a run that measures anything ends with. */
  readonly exitCode: number;
}

const timeoutMs = 10 * 60_000;

/** @throws CommandError on another exit code: a call that goes wrong measures nothing */
export async function timed(program: string, { args, env, exitCode }: TimedCall, signal: AbortSignal): Promise<Timed> {
  // Node tells a process's time only for itself; the shell's builtin tells it for a child.
  const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@"; exit';
  const { stderr } = await run('bash', ['-c', script, process.execPath, program, ...args], {
    env: { ...env, LC_ALL: 'C' },
    timeoutMs,
    signal,
    acceptExitCodes: [exitCode],
  });
  const told = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$/.exec(stderr.split('\n').at(-1) ?? '');
  if (told === null) {
    throw new Error(`the shell told no times: ${stderr.slice(-200)}`);
  }
  const [real, user, system] = told.slice(1).map((seconds) => Number(seconds) * 1000) as [number, number, number];
  return { wallMs: real, cpuMs: user + system };
}
