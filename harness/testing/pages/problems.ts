import path from 'node:path';
import { type CommandLine, commandProblems, commandsIn } from './commands.ts';
import type { Facts } from './facts.ts';
import type { Page } from './page.ts';

/** Returns a line for each false statement. */
export function pageProblems(page: Page, pages: readonly Page[], facts: Facts): readonly string[] {
  const links = linkProblems(page, pages, facts);
  // The changelog also mentions paths and flags that are gone.
  const found =
    page.file === 'CHANGELOG.md'
      ? links
      : [...links, ...pathProblems(page, facts), ...commandLineProblems(page, facts), ...variableProblems(page, facts)];
  return [...new Set(found)].map((problem) => `${page.file}: ${problem}`);
}

function linkProblems({ file, links }: Page, pages: readonly Page[], { paths }: Facts): readonly string[] {
  return links.flatMap((link) => {
    if (/^[a-z]+:/.test(link)) {
      return [];
    }
    const [target = '', anchor] = link.split('#');
    const place = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
    if (place !== file && !paths.has(place.replace(/\/$/, ''))) {
      return [`link to ${link}, and ${place} isn't there`];
    }
    const page = pages.find((each) => each.file === place);
    return anchor !== undefined && page?.anchors.includes(anchor) === false
      ? [`link to ${link}, and ${place} has no heading #${anchor}`]
      : [];
  });
}

function pathProblems({ file, code, blocks }: Page, { paths }: Facts): readonly string[] {
  const folder = path.posix.dirname(file);
  const named = [
    ...code.map((word) => [word, placeNamed(word, folder, paths) ?? placeByName(word)] as const),
    ...blocks.flatMap(({ text }) => wordsOf(text).map((word) => [word, placeNamed(word, folder, paths)] as const)),
  ];
  return named.flatMap(([word, place]) =>
    place === undefined || exists(place, paths) ? [] : [`\`${word}\` isn't there`],
  );
}

/** Folders that a run writes. */
const written: ReadonlySet<string> = new Set(['artefacts/', 'dist/', 'evidence/', 'logs/', 'matrix/', 'rerun/']);

const wordsOf = (text: string) => text.split(/[\s"'`;()]+/);

/** Returns undefined for anything but a path of the repository. */
function placeNamed(word: string, folder: string, paths: ReadonlySet<string>): string | undefined {
  const isPath = /^[\w.@<>*{},…-]+(?:\/[\w.@<>*{},…-]*)*$/.test(word);
  if (!isPath || word.includes('//')) {
    return undefined;
  }
  const [first = ''] = word.split('/');
  if (word.includes('/') && paths.has(first)) {
    return word;
  }
  if (word.includes('/') && first !== '..' && first !== '.' && paths.has(path.posix.join(folder, first))) {
    return path.posix.join(folder, word);
  }
  return undefined;
}

/** Matches a source file or folder named without its path. */
function placeByName(word: string): string | undefined {
  const isFolder = /^[\w-]+\/$/.test(word) && !written.has(word);
  return isFolder || /^[\w*<>.-]+\.ts$/.test(word) ? `**/${word}` : undefined;
}

function exists(place: string, paths: ReadonlySet<string>): boolean {
  const plain = place.replace(/\/$/, '').replace(/<[^>]*>/g, '*');
  return (
    paths.has(plain) ||
    (/[*{…]/.test(plain) && [...paths].some((each) => path.posix.matchesGlob(each, plain.replaceAll('…', '*'))))
  );
}

function commandLineProblems({ code, blocks }: Page, facts: Facts): readonly string[] {
  const inProse: readonly CommandLine[] = code.flatMap((text) => commandsIn(text, 'prose'));
  const toPaste = blocks.flatMap(({ text }) => commandsIn(text, 'to paste'));
  return [...inProse, ...toPaste].flatMap((line) => commandProblems(line, facts));
}

/** Read by programs outside this repository. */
const ofOthers: ReadonlySet<string> = new Set(['CGO_ENABLED']);

function variableProblems({ file, code, blocks }: Page, { readsVariable }: Facts): readonly string[] {
  const folder = path.posix.dirname(file);
  const text = [...code, ...blocks.map((block) => block.text)].join('\n');
  const names = new Set([...text.matchAll(/(?<![\w.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name));
  return [...names]
    .filter((name) => !ofOthers.has(name) && !readsVariable(name, folder))
    .map((name) => `nothing reads the variable ${name}`);
}
