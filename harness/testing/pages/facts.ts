import { globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type PublishedCommand, publishedCommands } from '@meho/verifiers/testing/published-commands';
import { commands } from '../../commands/commands.ts';
import { withoutSources } from './page.ts';

export interface Facts {
  /** Every file and folder, relative to the repository. */
  readonly paths: ReadonlySet<string>;
  /** Of package.json. */
  readonly scripts: ReadonlySet<string>;
  /** Of vitest.config.ts. */
  readonly projects: ReadonlySet<string>;
  /** What `meho-acceptance` takes, e.g. `pr-smoke reap`. */
  readonly published: ReadonlyMap<string, PublishedCommand>;
  /** For `npm run NAME -- …`; leaves out scripts that aren't commands of this repository. */
  readonly commandFlags: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether something reads the variable, for a page in this folder. */
  readonly readsVariable: (name: string, folder: string) => boolean;
}

export function readFacts(root: string): Facts {
  const text = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const top = readdirSync(root).filter((name) => !['node_modules', 'artefacts', '.git', 'dist'].includes(name));
  // A folder that a run wrote is there on one machine and not on the next.
  const files = globSync('**/*', { cwd: root, exclude: withoutSources }).filter(
    (file) => file !== 'artefacts' && file !== 'dist',
  );
  const hidden = top
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => globSync(`${name}/**/*`, { cwd: root, exclude: withoutSources }));
  const paths = new Set([...top, ...files, ...hidden].map((each) => each.replaceAll(path.sep, '/')));
  const everywhere = ['packages/core/config.ts', ...[...paths].filter(mayReadVariables)].map(text).join('\n');
  const below = (folder: string) =>
    [...paths]
      .filter((each) => each.startsWith(`${folder}/`) && /\.(?:ts|go|ya?ml|sh)$/.test(each))
      .map(text)
      .join('\n');
  return {
    paths,
    scripts: new Set(Object.keys(JSON.parse(text('package.json')).scripts)),
    projects: new Set([...text('vitest.config.ts').matchAll(/\bname: '([\w-]+)'/g)].map(([, name = '']) => name)),
    published: publishedCommands,
    commandFlags: new Map(
      commands.map(({ name, usage }) => [name, new Set([...usage.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag))]),
    ),
    readsVariable: (name, folder) => {
      const word = new RegExp(`\\b${name}\\b`);
      return word.test(everywhere) || (!['.', 'docs'].includes(folder) && word.test(below(folder)));
    },
  };
}

const mayReadVariables = (file: string) =>
  /^(?:packages\/core\/config\/.*\.ts|\.github\/workflows\/.*\.yml|examples\/.*\.sh|action\.yml|apps\/reference-backplane\/settings\/.*\.ts)$/.test(
    file,
  );
