import { access, constants, readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { systemFolders } from '@meho/core/config';
import { messageOf, Problem } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import type { Progress } from '@meho/core/report/progress';
import { runExclusively } from '@meho/core/runs/exclusive';

export interface InstallOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const installDeadlineMs = 10 * 60_000;

/** True for root on Debian or a derivative. */
export async function canInstallPackages(): Promise<boolean> {
  return (
    process.getuid?.() === 0 && (await readable('/etc/debian_version')) && (await commandPath('apt-get')) !== undefined
  );
}

/**
 * Installs the packages of missing commands.
 * @param commands command or absolute path → Debian package
 * @throws Problem naming the missing ones if that is impossible
 */
export async function ensureCommands(
  commands: Readonly<Record<string, string>>,
  options: InstallOptions,
): Promise<void> {
  const missing = await missingOf(commands);
  if (missing.length === 0) {
    return;
  }
  if (!(await canInstallPackages())) {
    throw cannotInstall(missing);
  }
  const packages = missing.map(([, name]) => name).join(' ');
  await options.progress.step(`install ${packages}`, () =>
    runExclusively('apt-get', { deadlineMs: installDeadlineMs, signal: options.signal }, () =>
      install(commands, options),
    ),
  );
}

export function cannotInstall(missing: readonly (readonly [string, string])[]): Problem {
  return new Problem({
    expected: `${missing.map(([command]) => command).join(', ')} on this machine`,
    observed: 'it is missing and can be installed from here only as root on Debian or Ubuntu',
    next: `install it, e.g. with \`sudo apt-get install ${missing.map(([, name]) => name).join(' ')}\``,
  });
}

async function install(
  commands: Readonly<Record<string, string>>,
  { signal, progress }: InstallOptions,
): Promise<void> {
  const packages = (await missingOf(commands)).map(([, name]) => name);
  if (packages.length === 0) {
    return;
  }
  const aptGet = (...args: string[]) =>
    run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      timeoutMs: installDeadlineMs,
      signal,
    });
  const installPackages = () => aptGet('install', '-y', '--no-install-recommends', ...packages);
  try {
    await installPackages();
  } catch (error) {
    signal.throwIfAborted();
    // Usually package lists are outdated; otherwise the second try reports the reason.
    progress.note(`apt-get could not install yet (${whyNot(error)}); fetching the package lists anew`);
    await aptGet('update');
    await installPackages();
  }
  const still = await missingOf(commands);
  if (still.length > 0) {
    throw new Problem({
      expected: `${still.map(([command]) => command).join(', ')} to be there after apt-get install ${packages.join(' ')}`,
      observed: 'it is not on PATH nor in /usr/sbin',
      next: 'install it by hand',
    });
  }
}

async function missingOf(commands: Readonly<Record<string, string>>): Promise<readonly [string, string][]> {
  const entries = Object.entries(commands);
  const paths = await Promise.all(entries.map(([command]) => commandPath(command)));
  return entries.filter((_, index) => paths[index] === undefined);
}

/** Searches only the system's folders, which root's PATH may lack. */
export async function commandPath(command: string): Promise<string | undefined> {
  if (isAbsolute(command)) {
    return (await readable(command)) ? command : undefined;
  }
  for (const folder of systemFolders) {
    const path = `${folder}/${command}`;
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Try the next folder.
    }
  }
  return undefined;
}

async function readable(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

/** apt-get's last line states the reason. */
const whyNot = (error: unknown) =>
  (error instanceof CommandError ? error.stderr.trimEnd().split('\n').at(-1) : undefined) ?? messageOf(error);
