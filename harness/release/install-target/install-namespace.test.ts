import { expect, test } from 'vitest';
import { installNamespaceName } from './install-namespace.ts';

test('without a wish every name is fresh and tells its purpose', () => {
  const names = [installNamespaceName(undefined, 'install', true), installNamespaceName(undefined, 'install', true)];
  expect(names).toEqual([
    expect.stringMatching(/^meho-install-[0-9a-f]{6}$/),
    expect.stringMatching(/^meho-install-[0-9a-f]{6}$/),
  ]);
  expect(new Set(names).size).toBe(2);
});

test('the name that was asked for is exactly that of the first site', () => {
  expect(installNamespaceName('lab', 'install', true)).toBe('lab');
});

test('the others begin with it', () => {
  expect(installNamespaceName('meho-ci-7', 'smoke', false)).toMatch(/^meho-ci-7-smoke-[0-9a-f]{6}$/);
});

test('a long one is cut so that the purpose and what makes it fresh stay', () => {
  const name = installNamespaceName(`${'a'.repeat(45)}-${'b'.repeat(17)}`, 'admit-rdc-example', false);
  expect(name).toMatch(/^a{38}-admit-rdc-example-[0-9a-f]{6}$/);
  expect(name).toHaveLength(63);
  expect(installNamespaceName(`${'a'.repeat(37)}-${'b'.repeat(9)}`, 'admit-rdc-example', false)).toMatch(
    /^a{37}-admit/,
  );
});
