import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../repository.ts';
import { defaulted, Invalid } from '../verifiers/flags.ts';

/** The suites that there are: folders of `suites/` with at least one story. */
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

/** What is run for a suite or story, as part of a file's name. */
export function filesOf(name: string): string {
  return name.includes('/') ? `suites/${name}.spec.ts` : `suites/${name}/`;
}

/**
 * A folder that is there and can be written to, or that can be made. Found out here, because its first file is written
 * when images, a cluster and minutes have been spent. Nothing is made yet.
 *
 * @param look throws where a folder can't be written to
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

/** Flags of every command that runs suites. */
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
