import { readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../repository.ts';
import { defaulted, Invalid } from '../verifiers/flags.ts';

/** The suites that there are: folders of `suites/` with at least one story. */
export function suiteNames(): readonly string[] {
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
  return asked.every((name) => known.includes(name)) ? asked : new Invalid(`suites among ${known.join(', ')}`);
}

/** Flags of every command that runs suites. */
export const suiteFlags = {
  suite: defaulted('NAME[,NAME]', 'the suites to run', someSuites, [] as readonly string[], 'all'),
  artefacts: defaulted(
    'FOLDER',
    'where reports and evidence go',
    (text) => (text === '' ? new Invalid('a folder') : path.resolve(text)),
    path.join(repositoryRoot, 'artefacts'),
    './artefacts',
  ),
};
