import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { corpusFolder } from '../corpus/corpus.ts';
import { pageOf, type RuleId, ruleIds, rules } from './rules.ts';
import { casesOf } from './testing/cases-of.ts';
import { type CorpusEntry, marker, rulePage } from './testing/rule-page.ts';

const folder = path.join(repositoryRoot, 'docs', 'rules');
const corpusFile = path.join(corpusFolder, 'corpus.json');
const { migrations: corpus }: { readonly migrations: readonly CorpusEntry[] } = JSON.parse(
  readFileSync(corpusFile, 'utf8'),
);

const writtenPage = async (id: RuleId) => {
  const file = path.join(folder, `${id}.md`);
  const [, byHand = ''] = existsSync(file) ? readFileSync(file, 'utf8').split(marker) : [];
  return { file, text: rulePage({ rule: rules[id], cases: await casesOf(id), corpus, byHand }) };
};

// `npx vitest run --project unit packages/migration-lint/rules/pages.test.ts -u` writes them anew.
test.each(ruleIds)('%s has a page that says what the rule says', async (id) => {
  const { file, text } = await writtenPage(id);
  await expect(text).toMatchFileSnapshot(file);
});

test('the overview lists every rule by its group', async () => {
  const of = (group: string) =>
    ruleIds
      .filter((id) => rules[id].group === group)
      .map((id) => `| [${id}](${id}.md) | ${rules[id].title} | ${rules[id].severity} |\n`)
      .join('');
  const head = '| rule | what it finds | severity |\n| --- | --- | --- |\n';
  const text = `# Rules for migrations

What [\`migration-compat\`](../../packages/migration-lint/README.md) looks for. N is the image that keeps running while the migration of N+1 is applied.

## Image N on the new schema

${head}${of('additive')}
## Image N while the migration runs

${head}${of('availability')}
## What the lint can't vouch for

${head}${of('lint')}`;
  await expect(text).toMatchFileSnapshot(path.join(folder, 'README.md'));
});

test('the finding of every rule leads to a page that exists and is packed with the command', () => {
  const manifest = readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8');
  const { files }: { readonly files: readonly string[] } = JSON.parse(manifest);
  const lost = ruleIds.map(pageOf).filter((page) => !existsSync(path.join(repositoryRoot, page)));
  expect(lost).toEqual([]);
  expect(files).toContain('docs/rules');
});

test('every page is of a rule', () => {
  const pages = readdirSync(folder).filter((file) => file !== 'README.md');
  expect(pages.toSorted()).toEqual(ruleIds.map((id) => `${id}.md`).toSorted());
});
