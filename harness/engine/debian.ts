import { access, constants, readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { systemFolders } from '../config.ts';
import { messageOf, Problem } from '../problem.ts';
import { CommandError, run } from '../process/run.ts';
import type { Progress } from '../report/progress.ts';
import { exclusively } from '../runs/exclusive.ts';

export interface InstallOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const installDeadlineMs = 10 * 60_000;

/** True where packages can be installed without asking anyone: root on Debian or a system made from it. */
export async function canInstallPackages(): Promise<boolean> {
  return (
    process.getuid?.() === 0 && (await readable('/etc/debian_version')) && (await commandPath('apt-get')) !== undefined
  );
}

/**
 * Sees to it that commands are there, by installing the packages of those that are missing.
 *
 * @param commands command, or absolute path of a file → Debian package that has it
 * @throws Problem naming the missing ones where they can't be installed
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
    exclusively('apt-get', { deadlineMs: installDeadlineMs, signal: options.signal }, () => install(commands, options)),
  );
}

/** @param missing commands with their packages */
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
    // Package lists that are missing or out of date are the usual reason; then the second try tells the real one.
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

/** Where a system's command is; looks in the system's folders only, which root's PATH may lack. */
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
      // Not here: the next folder may have it.
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

/** What apt-get said last is what it ended for. */
const whyNot = (error: unknown) =>
  (error instanceof CommandError ? error.stderr.trimEnd().split('\n').at(-1) : undefined) ?? messageOf(error);
