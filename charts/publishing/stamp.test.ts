import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import semver from 'semver';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { stampChart, stampOf } from './stamp.ts';

const sha = '3f2a9c1d00000000000000000000000000000000';
const now = new Date('2026-11-20T23:59:59Z');
const chart = readFileSync(new URL('../meho/Chart.yaml', import.meta.url), 'utf8');

test('main is published by day and commit, a tag by its version', () => {
  expect(stampOf('refs/heads/main', sha, now)).toEqual({ version: '0.1.20261120-3f2a9c1', appVersion: sha });
  expect(stampOf('refs/tags/v1.2.3', sha, now)).toEqual({ version: '1.2.3', appVersion: sha });
  expect(stampOf('refs/tags/v1.2.3-rc.1', sha, now).version).toBe('1.2.3-rc.1');
});

test('every commit makes a version that Helm takes', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{40}$/);
  const digits = fc.stringMatching(/^0[0-9]{39}$/);
  fc.assert(
    fc.property(fc.oneof(hex, digits), (commit) => {
      const { version } = stampOf('refs/heads/main', commit, now);
      expect(semver.valid(version)).toBe(version);
      expect(version).toMatch(/^0\.1\.20261120-/);
    }),
  );
  expect(stampOf('refs/heads/main', `01234567${'a'.repeat(32)}`, now).version).toBe('0.1.20261120-01234567a');
});

test.each(['refs/heads/feature', 'refs/tags/vnext', 'refs/tags/v1.2', 'refs/tags/1.2.3', ''])(
  '%j is not published',
  (ref) => {
    expect(() => stampOf(ref, sha, now)).toThrow(/expected/);
  },
);

test('only version and appVersion are changed', () => {
  const text = stampChart(chart, stampOf('refs/tags/v1.2.3', sha, now));
  expect(parse(text)).toEqual({ ...parse(chart), version: '1.2.3', appVersion: sha });
  expect(parse(text).name).toBe('meho-chart');
  // All-digit or exponent-like commits stay text.
  for (const appVersion of ['1e10', '0012345', '0e12345', '1234567']) {
    const digits = stampChart(chart, { version: '1.2.3', appVersion });
    expect(parse(digits).appVersion).toBe(appVersion);
    // As Helm reads it.
    expect(parse(digits, { version: '1.1' }).appVersion).toBe(appVersion);
  }
});
