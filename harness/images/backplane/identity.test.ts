import { expect, test } from 'vitest';
import { commitIn, nextIdentity, tagOf } from './identity.ts';

const identity = { gitSha: '8'.repeat(40), buildDate: '2026-01-02T03:04:05Z', isDirty: false };

test('the commit after one is another, the same each time, a second later', () => {
  const next = nextIdentity(identity);
  expect(next.gitSha).toMatch(/^[0-9a-f]{40}$/);
  expect(next.gitSha).not.toBe(identity.gitSha);
  expect(next.buildDate).toBe('2026-01-02T03:04:06Z');
  expect(nextIdentity(identity)).toEqual(next);
});

test('the tag names the commit, and the content too where that differs from the commit', () => {
  expect(tagOf(identity, 'abcdef0123456789')).toBe(`sha-${identity.gitSha}`);
  expect(tagOf({ ...identity, isDirty: true }, 'abcdef0123456789')).toBe(`sha-${identity.gitSha}-dirty-abcdef012345`);
});

test.each([false, true])('a tag tells its commit (dirty: %s)', (isDirty) => {
  expect(commitIn(tagOf({ ...identity, isDirty }, 'abcdef0123456789'))).toBe(identity.gitSha);
});

test('a tag that names no commit is refused', () => {
  expect(() => commitIn('latest')).toThrow('sha-<git-sha>');
});
