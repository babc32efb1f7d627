import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFailure } from '../check.ts';
import { judgeBudget } from './budget.ts';

const NOW = 1_800_000_000_000;
const judge = (startedAt: string | undefined, enforce = false) =>
  judgeBudget({ variable: 'INSTALL_START_TS', startedAt, limitSeconds: 300, enforce }, NOW);
const secondsAgo = (seconds: number) => String(NOW / 1000 - seconds);

test('within the budget holds, the last second included; one more is a warning', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), (seconds) => {
      const verdict = judge(secondsAgo(seconds));
      expect(verdict.outcome).toBe(seconds <= 300 ? 'holds' : 'violated');
      expect(isFailure(verdict)).toBe(false);
    }),
  );
});

test('a second that has begun does not count', () => {
  expect(
    judgeBudget({ variable: 'X', startedAt: secondsAgo(300), limitSeconds: 300, enforce: true }, NOW + 999).outcome,
  ).toBe('holds');
});

test('unset is a note', () => {
  expect(judge(undefined).outcome).toBe('skipped');
  expect(judge('').outcome).toBe('skipped');
});

test.each(['soon', '-5', '1e9', '0x10', '12 34', String(NOW), secondsAgo(-1)])('%s is a warning', (startedAt) => {
  expect(judge(startedAt)).toMatchObject({ outcome: 'violated', severity: 'advice' });
});

test.each([undefined, 'soon', secondsAgo(301), secondsAgo(-10)])('enforced, %s is a failure', (startedAt) => {
  expect(isFailure(judge(startedAt, true))).toBe(true);
});
