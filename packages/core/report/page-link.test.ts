import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { pageLink, pageUri } from './page-link.ts';

const page = 'docs/checks/healthz.md';
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'page-link-'));
  mkdirSync(path.join(root, 'docs', 'checks'), { recursive: true });
  mkdirSync(path.join(root, 'dist'));
  writeFileSync(path.join(root, page), '# healthz\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const manifest = (content: object) => writeFileSync(path.join(root, 'package.json'), JSON.stringify(content));
const dist = () => path.join(root, 'dist');

test('a page leads to the file that is packed beside the command', () => {
  manifest({ version: '1.2.3' });
  expect(pageLink(page, dist())).toBe(path.join(root, page));
  expect(pageUri(page, dist())).toBe(pathToFileURL(path.join(root, page)).href);
  expect(pageLink(page)).toBe(path.join(repositoryRoot, page));
});

test.each(['https://git.example.com/lab/suite', { url: 'git+https://git.example.com/lab/suite.git' }])(
  'to the release of a repository that is named: %s',
  (repository) => {
    manifest({ version: '1.2.3', repository });
    const there = `https://git.example.com/lab/suite/blob/v1.2.3/${page}`;
    expect(pageLink(page, dist())).toBe(there);
    expect(pageUri(page, dist())).toBe(there);
  },
);

test('to its place in the repository where it is not packed', () => {
  expect(pageLink('docs/checks/none.md', dist())).toBe('docs/checks/none.md');
  expect(pageUri('docs/checks/none.md', dist())).toBeUndefined();
});
