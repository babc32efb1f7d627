import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { testCases } from '../testing/cases.ts';
import { lintSql, lintUpgrade, rulesOf } from '../testing/lint-text.ts';
import { ruleIds, rules } from './rules.ts';
import { casesOf, withoutText } from './testing/cases-of.ts';

const infrastructure = ['rule.ts', 'rules.ts', 'rules.test.ts', 'pages.test.ts'];
const filesOf = (folder: string) =>
  readdirSync(path.join(import.meta.dirname, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !infrastructure.includes(entry.name))
    .map(({ name }) => name)
    .toSorted();

test('every file is one rule of the catalogue, and every rule a file', () => {
  expect(filesOf('.')).toEqual(ruleIds.map((id) => `${id}.ts`).toSorted());
});

test('every rule has cases, but for those that need more than a text', () => {
  const ofText = ruleIds.filter((id) => !withoutText.includes(id));
  expect(filesOf('cases')).toEqual(ofText.map((id) => `${id}.ts`).toSorted());
});

test.each(ruleIds)('%s is written out', (id) => {
  const { title, reason, safeWay } = rules[id];
  expect([title, reason, safeWay].filter((text) => text.includes('FILL IN'))).toEqual([]);
});

describe.each(ruleIds.filter((id) => !withoutText.includes(id)))('%s', (id) => {
  test('has something to find, and something like it that is left alone', async () => {
    const cases = await casesOf(id);
    expect(cases?.red).not.toEqual([]);
    expect(cases?.green).not.toEqual([]);
  });
});

for (const id of ruleIds) {
  const cases = await casesOf(id);
  if (cases !== undefined) {
    testCases(id, cases, rules[id].group === 'availability' ? { assumeLockTimeout: false } : {});
  }
}

test('the synthetic N+1 has nothing against it', () => {
  const sql = `BEGIN;
    ALTER TABLE audit_log ADD COLUMN payload_summary text NULL DEFAULT 'reserved_for_v0.2';
    ALTER TABLE audit_log ADD COLUMN payload_summary_jsonb jsonb NULL DEFAULT '{}';
  COMMIT;`;
  expect(lintSql(sql).findings).toEqual([]);
});

test('an Alembic migration is one transaction, except in an autocommit block', () => {
  const index = 'op.create_index("i", "audit_log", ["path"], postgresql_concurrently=True)';
  expect(rulesOf(lintUpgrade(index))).toEqual(['concurrently-in-transaction']);
  expect(rulesOf(lintUpgrade(`with op.get_context().autocommit_block():\n    ${index}`))).toEqual([]);
});

test('the missing lock_timeout is said once a migration', () => {
  const { findings } = lintSql('ALTER TABLE a ADD x int; ALTER TABLE b ADD x int', { assumeLockTimeout: false });
  expect(findings.filter(({ rule }) => rule === 'lock-without-timeout')).toHaveLength(1);
});
