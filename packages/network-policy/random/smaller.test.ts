import fc from 'fast-check';
import { expect, test } from 'vitest';
import { policies } from './arbitrary.ts';
import { smaller } from './smaller.ts';

const weight = (value: unknown) => JSON.stringify(value).length;

test('each is smaller, and has at least one policy', () => {
  fc.assert(
    fc.property(policies, (set) => {
      for (const each of smaller(set)) {
        expect(weight(each)).toBeLessThan(weight(set));
        expect(each.length).toBeGreaterThan(0);
      }
    }),
  );
});

test('one empty policy is the end', () => {
  expect(smaller([{ side: 'a', spec: { podSelector: {} } }])).toEqual([]);
});

test('the same seed draws the same', () => {
  const of = (seed: number) => fc.sample(policies, { seed, numRuns: 5 });
  expect(of(7)).toEqual(of(7));
  expect(of(7)).not.toEqual(of(8));
});

test('what is drawn has every kind of peer and port, and closes as well as opens', () => {
  const text = JSON.stringify(fc.sample(policies, { seed: 1, numRuns: 100 }));
  for (const kind of [
    'podSelector',
    'namespaceSelector',
    '"except"',
    '"everything"',
    'endPort',
    '"web"',
    '"dgram"',
    'NotIn',
    'DoesNotExist',
    '"policyTypes":["Egress"]',
    '"ingress":[]',
    '"ports":[]',
    '"peers":[]',
  ]) {
    expect(text).toContain(kind);
  }
});
