import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkIds, checkLists, explainedBy, listNames, registry } from './registry.ts';

const files = readdirSync(path.join(import.meta.dirname, 'checks'))
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => path.basename(file, '.ts'));

const listFiles = 'packages/contract/checks.ts (network-policy.ts for the policy)';

test('every file of checks/ is in a list, and every check has a file', () => {
  const ids = registry.map(({ id }) => id);
  const unlisted = files.filter((file) => !ids.includes(file));
  const missing = registry.filter(({ id }) => !files.includes(id));
  expect(
    unlisted.map((file) => `packages/contract/checks/${file}.ts is in no list: give it a place in ${listFiles}`),
  ).toEqual([]);
  expect(missing.map(({ id, module }) => `${module} is missing: ${id} is listed in ${listFiles}`)).toEqual([]);
});

test.each(listNames)('%s lists each check by the id that it reports', (name) => {
  expect(Object.keys(checkLists[name]), `its keys in ${listFiles} are the ids`).toEqual(checkIds(name));
});

test('a check that is in several lists needs the same in each, and has a title in each', () => {
  for (const { id, needs, titles } of registry) {
    const lists = listNames.filter((name) => checkIds(name).includes(id));
    expect(Object.keys(titles), id).toEqual(lists);
    expect(
      Object.values(titles).every((title) => title.trim() !== ''),
      id,
    ).toBe(true);
    expect(new Set(needs).size, id).toBe(needs.length);
  }
});

test('the whole run has its time in install-verify and smoke', () => {
  const timed = registry.flatMap(({ id, budgetSeconds }) => (budgetSeconds === undefined ? [] : [[id, budgetSeconds]]));
  expect(timed).toEqual([['budget', { 'install-verify': 300, smoke: 60 }]]);
});

test('a missing Deployment explains whatever is asked of the host', () => {
  expect(explainedBy('install-verify', 'deployment-available')).toEqual(
    expect.arrayContaining(['migration-job', 'healthz', 'version', 'anonymous-refused', 'request-id']),
  );
});
