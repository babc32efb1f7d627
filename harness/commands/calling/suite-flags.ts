import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { defaulted, Invalid, optional } from '@meho/core/command-line/flags';
import { repositoryRoot } from '@meho/core/repository';

/** Lists folders with at least one story. */
function suiteNames(): readonly string[] {
  const folder = path.join(repositoryRoot, 'suites');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasStory(path.join(folder, entry.name)))
    .map((entry) => entry.name)
    .toSorted();
}

function hasStory(folder: string): boolean {
  return readdirSync(folder).some((name) => name.endsWith('.spec.ts'));
}

function someSuites(text: string): readonly string[] | Invalid {
  const known = suiteNames();
  const asked = text.split(',').map((name) => name.trim());
  return asked.every((name) => known.includes(name) || isStory(known, name))
    ? asked
    : new Invalid(`suites among ${known.join(', ')}, or one story of them as SUITE/STORY`);
}

function isStory(known: readonly string[], name: string): boolean {
  const [suite = '', story = '', ...more] = name.split('/');
  const isName = /^[\w-]+$/.test(story) && more.length === 0 && known.includes(suite);
  return isName && existsSync(path.join(repositoryRoot, 'suites', suite, `${story}.spec.ts`));
}

export function filesOf(name: string): string {
  return name.includes('/') ? `suites/${name}.spec.ts` : `suites/${name}/`;
}

/**
 * Checks early, because the first file comes minutes later; creates nothing.
 *
 * @param look throws if a folder isn't writable
 */
export function writableFolder(text: string, look: (folder: string) => void = mayWrite): string | Invalid {
  const folder = path.resolve(text);
  if (text === '') {
    return new Invalid('a folder');
  }
  let there = folder;
  while (!existsSync(there) && path.dirname(there) !== there) {
    there = path.dirname(there);
  }
  if (!statSync(there).isDirectory()) {
    return new Invalid(`a folder, and ${there} is a file`);
  }
  try {
    look(there);
    return folder;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it is refused';
    return new Invalid(`a folder that can be written to, and ${there} can not (${code})`);
  }
}

function mayWrite(folder: string): void {
  accessSync(folder, constants.W_OK | constants.X_OK);
}

export const suiteFlags = {
  suite: {
    ...defaulted(
      'NAME[/STORY],…',
      'the suites to run, or stories of them; may be repeated',
      someSuites,
      [] as readonly string[],
      'all',
    ),
    repeatable: true as const,
  },
  artefacts: defaulted(
    'FOLDER',
    'where reports and evidence go',
    (text) => writableFolder(text),
    path.join(repositoryRoot, 'artefacts'),
    './artefacts',
  ),
};

export const testFlag = optional('NAME', 'only tests whose name matches; -t for short', pattern);

function pattern(text: string): string | Invalid {
  try {
    return new RegExp(text).source;
  } catch {
    return new Invalid('a regular expression');
  }
}

/** Takes `-t`, by which test runners know it. */
export function longNames(args: readonly string[]): readonly string[] {
  return args.map((arg) => (arg === '-t' ? '--test' : arg));
}
