import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import { ensureCommands, type InstallOptions } from '../engine/debian.ts';

/** Used only for its files: pip installs nothing. */
export interface PythonWheel {
  readonly name: string;
  readonly version: string;
  /** Several where each platform has a wheel of its own. */
  readonly sha256: readonly string[];
}

const downloadDeadlineMs = 5 * 60_000;

/**
 * Uses pip with its configuration, into an existing `folder`.
 * @throws Problem if unavailable or not the pinned one
 */
export async function unpackWheel(wheel: PythonWheel, folder: string, options: InstallOptions): Promise<string> {
  const { name, version, sha256 } = wheel;
  const { signal } = options;
  const python = await pythonWithPip(options);
  const requirements = join(folder, 'requirements.txt');
  const hashes = sha256.map((each) => ` --hash=sha256:${each}`).join('');
  await writeFile(requirements, `${name}==${version}${hashes}\n`);
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'];
  const exactly = ['--no-deps', '--only-binary=:all:', '--require-hashes'];
  try {
    await run(python, [...pip, ...exactly, '--dest', folder, '--requirement', requirements], {
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

/** Debian packages pip separately. */
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
