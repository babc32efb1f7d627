import { repositoryRoot } from '@meho/core/repository';
import { purposes } from '@meho/verifiers/verifiers';
import { describe, expect, test } from 'vitest';
import { readWorkspaces } from '../boundaries/workspace.ts';
import { readFacts } from './facts.ts';
import { parsePage, readPages } from './page.ts';
import { pageProblems } from './problems.ts';
import { unreachablePages } from './reachable.ts';

const facts = readFacts(repositoryRoot);
const pages = readPages(repositoryRoot);
/** Those of other folders are found there. */
const inDocs = (file: string) => file.startsWith('docs/');

describe('this repository', () => {
  test('has its pages, and commands that they can be held against', () => {
    expect(pages.length).toBeGreaterThan(20);
    expect([...facts.published.keys()].map((name) => name.split(' ')[0])).toEqual(
      expect.arrayContaining(Object.keys(purposes)),
    );
    expect([...facts.projects]).toEqual(expect.arrayContaining(['unit', 'processes', 'integration', 'suites']));
  });

  test.each(pages.map((page) => [page.file, page] as const))('%s says what is so', (_, page) => {
    expect(pageProblems(page, pages, facts)).toEqual([]);
  });

  test('has no page in docs/ that its README leads nobody to', () => {
    expect(unreachablePages(pages, 'README.md').filter(inDocs)).toEqual([]);
  });

  test('has a row for each of its commands on the page about them', () => {
    const named = pages
      .filter(({ file }) => file === 'docs/commands.md')
      .flatMap(({ code }) => code.flatMap((text) => /^npm (?:run )?([\w:]+)/.exec(text)?.[1] ?? []));
    const calledByNpm = ['prepack'];
    expect([...facts.scripts].filter((name) => !named.includes(name) && !calledByNpm.includes(name))).toEqual([]);
  });

  test('has the arrows between its packages on the page about them', () => {
    const rows = pages
      .filter(({ file }) => file === 'docs/architecture.md')
      .flatMap(({ text }) => [...text.matchAll(/^\| `([\w/-]+)` \| ([^|]*)\|/gm)])
      .map(([, folder, arrows = '']) => `${folder}: ${arrows.trim()}`);
    const short = (names: Readonly<Record<string, string>>) =>
      Object.keys(names)
        .flatMap((name) => /^@meho\/(.+)$/.exec(name)?.[1] ?? [])
        .toSorted();
    const wanted = readWorkspaces(repositoryRoot).map(({ folder, dependencies, devDependencies }) => {
      const forTests = short(devDependencies);
      const inParentheses = forTests.length === 0 ? '' : ` (${forTests.join(', ')})`;
      return `${folder}: ${short(dependencies).join(', ')}${inParentheses}`.replace(/ {2,}/, ' ').trimEnd();
    });
    expect(rows.toSorted()).toEqual(wanted.map((row) => row.replace(/:$/, ': ')).toSorted());
  });
});

describe('what a page says wrongly is found:', () => {
  const problemsOf = (text: string, file = 'docs/a-page.md') => {
    const page = parsePage(file, text);
    return pageProblems(page, [...pages, page], facts);
  };
  const sh = (...lines: readonly string[]) => ['```sh', ...lines, '```'].join('\n');

  test('a page that no other links to, but itself', () => {
    const lost = parsePage('docs/lost.md', 'see [here](#lost), and [back](../README.md)');
    expect(unreachablePages([...pages, lost], 'README.md').filter(inDocs)).toEqual(['docs/lost.md']);
  });

  test.each([
    ['a link to a file', 'see [it](missing.md)', /link to missing\.md, and docs\/missing\.md isn't there/],
    ['a link out of the repository', '[up](../../README.md)', /isn't there/],
    ['a picture', '![a picture](missing.png)', /missing\.png isn't there/],
    ['a heading of another page', '[it](../README.md#nowhere)', /README\.md has no heading #nowhere/],
    ['a heading of its own', '# Here\n[it](#there)', /no heading #there/],
    ['a path', '`packages/core/missing.ts`', /`packages\/core\/missing\.ts` isn't there/],
    ['a folder', '`harness/prove/`', /isn't there/],
    ['a path with a placeholder', '`packages/policy/<name>.ts`', /isn't there/],
    ['a file by its name alone', '`look-nowhere.ts`', /isn't there/],
    ['a folder by its name alone', '`reality/`', /isn't there/],
    ['a path in a block', sh('cat packages/core/missing.yaml'), /missing\.yaml` isn't there/],
    ['a script', 'run `npm run missing`', /package\.json has no script missing/],
    ['a script in a block', sh('npm ci && npm run missing'), /no script missing/],
    ['a flag of a command', sh('npm run acceptance -- --suites install'), /acceptance has no --suites/],
    ['a project of the test runner', '`npx vitest run --project units`', /no project units/],
    ['a verifier', sh('meho-acceptance install-check --host a.example.com'), /there is no install-check/],
    ['a flag of a verifier', '`meho-acceptance smoke --host`', /smoke has no --host/],
    ['a flag that is missing', sh('meho-acceptance smoke --cacert ca.pem'), /--backplane .* is required/],
    ['a value', sh('meho-acceptance pr-smoke reap --older-than soon'), /--older-than: expected/],
    ['a value that is missing', sh('meho-acceptance green-counter --repo'), /--repo: expected a value/],
    ['an argument too many', sh('meho-acceptance green-counter owner/name'), /unexpected argument/],
    ['a line that goes on', sh('meho-acceptance smoke \\', '  --back https://a.example.com'), /unknown flag --back/],
    ['a command within another', sh('export A="$(meho-acceptance login --isuer x)"'), /unknown flag --isuer/],
    ['a variable', 'set `MEHO_MISSING`', /nothing reads the variable MEHO_MISSING/],
    ['a variable in a block', sh('MEHO_MISSING=1 npm test'), /MEHO_MISSING/],
  ])('%s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toMatch(message);
  });

  test.each([
    ['links', '[a](../README.md#what-is-proven) [b](https://example.com/x) [c](../harness)'],
    ['paths', '`packages/contract/checks/<name>.ts` `harness/faults/` `ghcr.io/evoila/meho` `run.ts` `*.test.ts`'],
    ['code in a link', '`[link](nowhere.md)`'],
    [
      'commands',
      sh('npm run test:unit -- packages/helm', 'meho-acceptance --help', 'meho-acceptance migration-compat a/'),
    ],
    ['comments', sh('npm test # npm run missing')],
    ['words of the reader', sh('meho-acceptance green-counter --repo …')],
  ])('none in %s that are right', (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  test('the changelog tells of what is gone, and has links that lead somewhere', () => {
    expect(problemsOf('`harness/prove/` [it](missing.md)', 'CHANGELOG.md')).toEqual([
      "CHANGELOG.md: link to missing.md, and missing.md isn't there",
    ]);
  });
});
