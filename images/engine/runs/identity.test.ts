import { identityOf, labelValue, newRun, runOf } from '@meho/core/runs/identity';
import type { Owner } from '@meho/core/runs/owner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDead } from './remove-runs.ts';

const owner: Owner = { host: 'lab-1', bootId: 'b-1', pidNamespace: '4026531836', pid: 4711, startTicks: '12345' };

test('a run is read back from the labels of what it created', async () => {
  const run = identityOf('0123456789', owner, new Date('2026-01-02T03:04:05Z'));
  expect(runOf(run.labels)).toEqual(run);
  const mine = await newRun();
  expect(runOf(mine.labels)).toEqual(mine);
});

test('labels that are not a whole identity name no run: what carries them is nobody’s to remove', () => {
  const { labels } = identityOf('0123456789', owner, new Date());
  expect(runOf(undefined)).toBeUndefined();
  expect(runOf({ ...labels, 'meho.io/managed-by': 'pr-smoke' })).toBeUndefined();
  for (const name of Object.keys(labels)) {
    const { [name]: _, ...others } = labels;
    expect(runOf(others), `without ${name}`).toBeUndefined();
  }
});

test('whatever a value was, Kubernetes takes it as a label', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(labelValue(text)).toMatch(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/);
    }),
  );
});

test('a run whose owner cannot be seen is left alone for a day', async () => {
  const mine = await newRun({ now: new Date('2026-01-01T00:00:00Z') });
  const elsewhere = { ...mine, owner: { ...mine.owner, pidNamespace: '1' } };
  expect(await isDead(elsewhere, Date.parse('2026-01-01T23:59:00Z'))).toBe(false);
  expect(await isDead(elsewhere, Date.parse('2026-01-02T00:01:00Z'))).toBe(true);
  expect(await isDead(mine, Date.parse('2027-01-01T00:00:00Z'))).toBe(false);
});
