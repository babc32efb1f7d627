import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkIds } from '@meho/contract/registry';
import { expect, test } from 'vitest';
import { type Expectation, usage } from './fault.ts';
import { mergeSuites, suites } from './suites.ts';

const contracts = [
  ['install', checkIds('install-verify')],
  ['smoke', checkIds('smoke')],
  ['rollback', checkIds('rollback-verify')],
] as const;

/** Lists checks that no fault turns red alone, and red ids that are no check. */
function gaps(checks: readonly string[], faults: readonly Pick<Expectation, 'expectRed'>[]) {
  const ids = new Set(checks);
  const red = new Set(faults.flatMap(({ expectRed }) => expectRed));
  const alone = new Set(faults.flatMap(({ expectRed }) => (expectRed.length === 1 ? expectRed : [])));
  return {
    neverAlone: [...ids].filter((id) => !alone.has(id)),
    unknown: [...red].filter((id) => id !== usage && !ids.has(id)),
  };
}

test.each(contracts)('each check of %s is turned red, and nothing with it, by a fault', (name, checks) => {
  const faults: readonly Expectation[] = suites.find((suite) => suite.name === name)?.faults ?? [];
  // The pull request's checks, listed among the smoke's faults, have their own evaluation.
  const own = faults.filter((fault) => !('evaluate' in fault));
  const next = `give each a fault in harness/faults/${name}/, listed in harness/faults/${name}.ts`;
  expect(gaps(checks, own), next).toEqual({ neverAlone: [], unknown: [] });
});

test('a check without a fault, or a fault without its check, would be seen', () => {
  const checks = ['healthz', 'version', 'budget'];
  const faults = [{ expectRed: ['healthz'] }, { expectRed: ['healthz', 'budget'] }, { expectRed: [usage, 'misspelt'] }];
  expect(gaps(checks, faults)).toEqual({ neverAlone: ['version', 'budget'], unknown: ['misspelt'] });
});

test('install has 40 faults at least, and a merge is held to them', () => {
  const install = mergeSuites.find(({ name }) => name === 'install');
  expect(install?.faults.length).toBeGreaterThanOrEqual(40);
});

test.each(suites.map((suite) => [suite.name, suite.faults as readonly Expectation[]] as const))(
  'each fault of %s has a name of its own, and words that it must come to',
  (_, faults) => {
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
    // A fault that turns nothing red has no message.
    const wordless = faults.filter(({ says, expectRed }) => says === undefined && expectRed.length > 0);
    expect(wordless.map(({ id }) => id)).toEqual([]);
  },
);

test('each suite is registered with the test runner by a file of its name', () => {
  const folder = import.meta.dirname;
  const files = globSync('*.faults.ts', { cwd: folder });
  expect(files.toSorted()).toEqual(suites.map(({ name }) => `${name}.faults.ts`).toSorted());
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    expect(text).toMatch(
      RegExp(`import \\{ (\\w+) \\} from '\\./${file.replace('.faults.ts', '')}\\.ts'[\\s\\S]*Suite\\(\\1\\);`),
    );
  }
});
