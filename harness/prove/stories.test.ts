import { expect, test } from 'vitest';
import type { Check } from '../contract/check.ts';
import { installChecks, rollbackChecks, smokeChecks } from '../contract/checks.ts';
import { mergeStories, stories } from './stories.ts';
import { type Expectation, usage } from './story.ts';

const subject = { namespace: 'meho', release: 'meho' };
const startedAt = undefined;
const contracts: Readonly<Record<string, readonly Check[]>> = {
  install: installChecks({ subject, expectedGitSha: '3f2a9c1', startedAt, enforceBudget: true }),
  smoke: smokeChecks({ subject, startedAt, enforceBudget: true, skipLogin: false }),
  rollback: rollbackChecks({ subject, gitSha: '3f2a9c1', columns: ['payload_summary'] }),
};

/** What no fault turns red by itself, and what a fault turns red that is no check. */
function gaps(checks: readonly Pick<Check, 'id'>[], faults: readonly Pick<Expectation, 'expectRed'>[]) {
  const ids = new Set(checks.map(({ id }) => id));
  const red = new Set(faults.flatMap(({ expectRed }) => expectRed));
  const alone = new Set(faults.flatMap(({ expectRed }) => (expectRed.length === 1 ? expectRed : [])));
  return {
    neverAlone: [...ids].filter((id) => !alone.has(id)),
    unknown: [...red].filter((id) => id !== usage && !ids.has(id)),
  };
}

test.each(Object.entries(contracts))(
  'each check of %s is turned red, and nothing with it, by a fault',
  (name, checks) => {
    const faults: readonly Expectation[] = stories.find((story) => story.name === name)?.faults ?? [];
    // The assertions of a pull request without a token are proven among the smoke's, by a judge of their own.
    const own = faults.filter((fault) => !('judge' in fault));
    expect(gaps(checks, own)).toEqual({ neverAlone: [], unknown: [] });
  },
);

test('a check without a fault, or a fault without its check, would be seen', () => {
  const checks = [{ id: 'healthz' }, { id: 'version' }, { id: 'budget' }];
  const faults = [{ expectRed: ['healthz'] }, { expectRed: ['healthz', 'budget'] }, { expectRed: [usage, 'misspelt'] }];
  expect(gaps(checks, faults)).toEqual({ neverAlone: ['version', 'budget'], unknown: ['misspelt'] });
});

test('install has 40 faults at least, and a merge is held to them', () => {
  const install = mergeStories.find(({ name }) => name === 'install');
  expect(install?.faults.length).toBeGreaterThanOrEqual(40);
});

test.each(stories.map((story) => [story.name, story.faults as readonly Expectation[]] as const))(
  'each fault of %s has a name of its own, and words that it must come to',
  (_, faults) => {
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
    // What must turn nothing red has no words to come to.
    const wordless = faults.filter(({ says, expectRed }) => says === undefined && expectRed.length > 0);
    expect(wordless.map(({ id }) => id)).toEqual([]);
  },
);
