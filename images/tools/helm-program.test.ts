import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeWait, helmVersion, isSupportedHelm, majorOf } from '@meho/helm/program';
import semver from 'semver';
import { expect, onTestFinished, test } from 'vitest';
import { tools } from './tools.ts';

test.each([
  ['3.17.4', false],
  ['3.18.0', false],
  ['3.18.4', false],
  ['3.18.5-rc.1', false],
  ['3.18.5', true],
  ['3.18.10', true],
  ['3.19.0', true],
  ['3.22.0', true],
  ['4.0.0-rc.1', true],
  ['4.0.0', true],
  ['4.3.2', true],
  ['5.0.0', false],
  ['2.17.0', false],
])('helm %s is accepted: %s, by whoever asks', (version, accepted) => {
  expect(isSupportedHelm(version)).toBe(accepted);
  expect(semver.satisfies(version, tools.helm.accepted, { includePrerelease: true })).toBe(accepted);
});

test.each([
  ['echo v4.3.1', '4.3.1', 4],
  ['echo v3.18.5+g1234567', '3.18.5', 3],
  ['echo "WARNING: helm is old"', undefined, undefined],
  ['echo v4.3.1; exit 1', undefined, undefined],
])('a program that says %j', async (script, version, major) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'helm-program-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = path.join(folder, 'helm');
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
  expect(await helmVersion(program)).toBe(version);
  expect(majorOf(version)).toBe(major);
});

test('one that isn’t there has no version', async () => {
  expect(await helmVersion('/no/helm')).toBeUndefined();
});

test('what --wait waits for is told of the helm at hand', () => {
  expect(describeWait('v3.22.0')).toMatch(/the address of a LoadBalancer, not for custom resources$/);
  expect(describeWait('v4.3.1')).toMatch(/custom resources .*, not for the address of a LoadBalancer$/);
});
