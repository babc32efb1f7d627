import type { Rules } from '../classify.ts';
import { countStreak } from '../count.ts';
import type { FakeRepository } from '../github/testing/fake-repository.ts';
import type { OperatorNote } from '../notes.ts';
import { factsOf } from './repository-facts.ts';

export const rules: Rules = { branch: 'main', notes: [], job: 'smoke', merges: 'any' };
export const count = (fake: FakeRepository, notes: readonly OperatorNote[] = [], more: Partial<Rules> = {}) => {
  const facts = factsOf(fake);
  return countStreak(facts.runs(), facts, { ...rules, notes, ...more });
};
