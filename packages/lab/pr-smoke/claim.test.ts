import { identityOf, newRun } from '@meho/core/runs/identity';
import { ownerOf } from '@meho/core/runs/owner';
import { expect, test } from 'vitest';
import { claimAnnotations, claimedPr, claimLabels, isOfAccessCheck, namespaceOf, runIdOf, runState } from './claim.ts';

const minuteMs = 60_000;
const lifetimeMs = 14 * minuteMs;

const made = (name: string, labels: Record<string, string>, annotations: Record<string, string> = {}) => ({
  metadata: { name, labels, annotations },
});

test('a namespace is a smoke’s by its name and both labels together', () => {
  expect(namespaceOf(7)).toBe('meho-ci-7');
  expect(claimLabels(7)).toEqual({ 'meho.io/managed-by': 'pr-smoke', 'meho.io/pr-number': '7' });
  expect(claimedPr(made('meho-ci-7', claimLabels(7)))).toBe(7);
  expect(claimedPr(made('meho-ci-8', claimLabels(7)))).toBeUndefined();
  expect(claimedPr(made('meho-ci-7', { 'meho.io/managed-by': 'pr-smoke' }))).toBeUndefined();
  expect(claimedPr(made('meho-ci-7', { 'meho.io/pr-number': '7' }))).toBeUndefined();
  expect(claimedPr(made('meho-ci-7', { ...claimLabels(7), 'meho.io/managed-by': 'acceptance' }))).toBeUndefined();
  expect(claimedPr(made('meho-ci-07', { ...claimLabels(7), 'meho.io/pr-number': '07' }))).toBeUndefined();
  expect(claimedPr(made('meho', claimLabels(7)))).toBeUndefined();
  expect(claimedPr({})).toBeUndefined();
});

test('a namespace is rke2-access’s by its name and its label together', () => {
  const label = { 'meho.io/managed-by': 'rke2-access' };
  expect(isOfAccessCheck(made('meho-ci-verify-0a1b2c3d', label))).toBe(true);
  expect(isOfAccessCheck(made('meho-ci-verify-0a1b2c3d', claimLabels(7)))).toBe(false);
  expect(isOfAccessCheck(made('meho-ci-verify-0a1b2c3d', {}))).toBe(false);
  for (const name of [
    'meho-ci-verify-',
    'meho-ci-verify-0a1b2c3d4',
    'meho-ci-verify-team-abc',
    'x-meho-ci-verify-0a1b2c3d',
  ]) {
    expect(isOfAccessCheck(made(name, label))).toBe(false);
  }
  expect(isOfAccessCheck({})).toBe(false);
});

test('annotations name the run and are no labels of an acceptance run', async () => {
  const run = await newRun();
  const annotations = claimAnnotations(run, lifetimeMs);
  expect(annotations['meho.io/managed-by']).toBeUndefined();
  expect(runIdOf(made('meho-ci-7', claimLabels(7), { ...annotations }))).toBe(run.id);
});

test('a run whose process is there is never gone, however old', async () => {
  const mine = made('meho-ci-7', claimLabels(7), { ...claimAnnotations(await newRun(), lifetimeMs) });
  expect(await runState(mine, 100 * lifetimeMs)).toMatchObject({
    gone: false,
    why: expect.stringContaining('at work'),
  });
});

test('a run whose process on this machine has ended is gone', async () => {
  const owner = { ...(await ownerOf()), startTicks: '1' };
  const annotations = claimAnnotations(identityOf('abc', owner, new Date()), lifetimeMs);
  const state = await runState(made('meho-ci-7', claimLabels(7), { ...annotations }), minuteMs);
  expect(state).toMatchObject({ gone: true, why: expect.stringContaining('has ended') });
});

test('where the process can’t be seen, the bound that the namespace names decides', async () => {
  const elsewhere = { ...(await ownerOf()), bootId: 'another', host: 'another' };
  const annotations = claimAnnotations(identityOf('abc', elsewhere, new Date()), lifetimeMs);
  const namespace = made('meho-ci-7', claimLabels(7), { ...annotations });
  expect((await runState(namespace, lifetimeMs - 1000)).gone).toBe(false);
  expect((await runState(namespace, lifetimeMs + 1000)).gone).toBe(true);
});

test('a namespace that names no run, or nonsense, may be within the longest time that a run may take', async () => {
  const silent = made('meho-ci-7', claimLabels(7));
  expect((await runState(silent, 23 * minuteMs)).gone).toBe(false);
  expect((await runState(silent, 25 * minuteMs)).gone).toBe(true);
  const nonsense = made('meho-ci-7', claimLabels(7), { 'meho.io/run-at-most-seconds': '-1' });
  expect((await runState(nonsense, 23 * minuteMs)).gone).toBe(false);
});
