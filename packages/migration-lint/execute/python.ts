import { access, realpath } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';

export interface Python {
  /** Started by this path, so that a virtual environment is found. */
  readonly executable: string;
  /** What it has to be able to read. */
  readonly folders: readonly string[];
}

export interface PythonChoice {
  /** `--python` */
  readonly given: string | undefined;
  readonly cwd: string;
  /** The virtual environment that is active. */
  readonly active: string | undefined;
  readonly signal: AbortSignal;
}

/** Without site: a `.pth` file would run code of others before anything is isolated. */
const ask =
  'import sys, json; print(json.dumps({"version": list(sys.version_info[:2]), "folders": [sys.base_prefix, sys.prefix, *sys.path]}))';

/**
 * `--python`, else the active virtual environment, else `python3`.
 * @throws UsageError if there is none
 */
export async function findPython({ given, cwd, active, signal }: PythonChoice): Promise<Python> {
  const candidate = given ?? (active === undefined ? undefined : path.join(active, 'bin', 'python'));
  const source = given === undefined ? (candidate === undefined ? 'python3' : 'VIRTUAL_ENV') : '--python';
  try {
    const executable =
      candidate === undefined
        ? await which('python3', signal)
        : candidate.includes('/')
          ? path.resolve(cwd, candidate)
          : await which(candidate, signal);
    const { stdout } = await run(executable, ['-I', '-S', '-c', ask], { timeoutMs: 30_000, signal, cwd: '/' });
    const { version, folders }: { version: readonly number[]; folders: readonly string[] } = JSON.parse(stdout);
    if (version[0] !== 3 || (version[1] ?? 0) < 9) {
      throw new UsageError([`${source}: expected Python 3.9 or newer, got ${version.join('.')} at ${executable}`]);
    }
    const environmentFolder = path.dirname(path.dirname(executable));
    const isEnvironment = await access(path.join(environmentFolder, 'pyvenv.cfg')).then(
      () => true,
      () => false,
    );
    const real = await realpath(executable);
    const all = [...(isEnvironment ? [environmentFolder] : []), path.dirname(path.dirname(real)), ...folders];
    return { executable, folders: [...new Set(all.filter((each) => isSpecific(each)))] };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UsageError) {
      throw error;
    }
    const seen = error instanceof CommandError ? (error.observed.split('\n')[0] ?? '') : String(error);
    throw new UsageError(
      [
        `${source}: expected a Python with Alembic to execute migrations with, but ${candidate ?? 'python3'}: ${seen}; name one with --python, or use --static, which runs nothing`,
      ],
      { cause: error },
    );
  }
}

/** pyenv and the like put a script in front, which would not find its way in isolation. */
async function which(name: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await run(name, ['-I', '-S', '-c', 'import sys; print(sys.executable)'], {
    timeoutMs: 30_000,
    signal,
    cwd: '/',
  });
  return stdout.trim();
}

/** Never a whole home or root: those hold what nobody means to show. */
function isSpecific(folder: string): boolean {
  return (
    path.isAbsolute(folder) && folder.split('/').filter((part) => part !== '').length >= 2 && !folder.endsWith('.zip')
  );
}
