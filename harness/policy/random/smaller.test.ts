import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawn } from './arbitrary.ts';
import { smaller } from './smaller.ts';

const weight = (value: unknown) => JSON.stringify(value).length;

test('each is smaller, and has at least one policy', () => {
  fc.assert(
    fc.property(drawn, (set) => {
      for (const each of smaller(set)) {
        expect(weight(each)).toBeLessThan(weight(set));
        expect(each.policies.length).toBeGreaterThan(0);
      }
    }),
  );
});

test('one empty policy without labels is the end', () => {
  const least = { labels: { p: {}, q: {}, r: {} }, policies: [{ side: 'a' as const, spec: { podSelector: {} } }] };
  expect(smaller(least)).toEqual([]);
});

test('the same seed draws the same', () => {
  const of = (seed: number) => fc.sample(drawn, { seed, numRuns: 5 });
  expect(of(7)).toEqual(of(7));
  expect(of(7)).not.toEqual(of(8));
});

test('what is drawn has every kind of peer and port, and closes as well as opens', () => {
  const text = JSON.stringify(fc.sample(drawn, { seed: 1, numRuns: 100 }));
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
