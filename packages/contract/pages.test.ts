import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { checkIds, listNames, registry } from './registry.ts';

const ids = registry.map(({ id }) => id);
const folder = path.join(repositoryRoot, 'docs', 'checks');
const pages = new Map(
  readdirSync(folder)
    .filter((file) => file !== 'README.md')
    .map((file) => [path.basename(file, '.md'), readFileSync(path.join(folder, file), 'utf8')]),
);

/** What the page of a check lacks. */
function lackOf(id: string, text: string | undefined): readonly string[] {
  if (text === undefined) {
    return [`docs/checks/${id}.md is missing: say what ${id} promises, why, how it fails, and how to look by hand`];
  }
  const asked = listNames.filter((name) => checkIds(name).includes(id));
  const wanted = [
    `# ${id}\n`,
    `It is part of ${asked.map((name) => `\`${name}\``).join(', ')}.\n`,
    ...['Why', 'How it fails', 'Look by hand'].map((title) => `\n## ${title}\n`),
  ];
  return wanted
    .filter((each) => !text.includes(each))
    .map((each) => `docs/checks/${id}.md lacks ${JSON.stringify(each)}`);
}

test.each(ids)('%s has a page', (id) => {
  expect(lackOf(id, pages.get(id))).toEqual([]);
});

test('the failure line of every check leads to a page that exists and is packed with the command', () => {
  const manifest = readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8');
  const { files }: { readonly files: readonly string[] } = JSON.parse(manifest);
  const lost = registry.filter(
    ({ page = '' }) => !existsSync(path.join(repositoryRoot, page)) || !files.includes(path.dirname(page)),
  );
  expect(lost).toEqual([]);
  expect(registry.map(({ page }) => page)).toEqual(ids.map((id) => `docs/checks/${id}.md`));
});

test('every page is of a check', () => {
  expect([...pages.keys()].filter((id) => !ids.includes(id))).toEqual([]);
});

test('the overview lists each verifier with its checks, in their order', () => {
  const overview = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const listed = overview
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.split('\n')[0],
      [...section.matchAll(/^- \[([\w-]+)\]\(\1\.md\)$/gm)].map(([, id]) => id),
    ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(listNames.map((name) => [name, checkIds(name)])));
});

test('a page that is missing, incomplete or of another verifier is found', () => {
  const text = pages.get('healthz') ?? '';
  expect(lackOf('healthz', undefined)).toHaveLength(1);
  expect(lackOf('healthz', text.replace('## Why\n', ''))).toHaveLength(1);
  expect(lackOf('healthz', text.replace('`rollback-verify`', '`smoke`'))).toHaveLength(1);
  expect(lackOf('login', text)).toHaveLength(2);
});
