import type { Tally } from '@meho/core/report/tally';
import { expect, test } from 'vitest';
import { CleanUpError, countRun, withCleanUp } from './clean-up.ts';

const tally: Tally = { passed: 7, failed: 0, skipped: 1 };
const done = () => Promise.resolve();
const stuck = () => Promise.reject(new Error('network meho-1 is in use'));

test('a count stays what it is where the clean-up did its work', async () => {
  expect(await countRun(withCleanUp(async () => tally, done))).toEqual({ tally });
  expect(await countRun(withCleanUp(async () => undefined, done))).toEqual({ tally: undefined });
});

test('a clean-up that failed is one failure more, and is told', async () => {
  const { tally: count, left } = await countRun(withCleanUp(async () => tally, stuck));
  expect(count).toEqual({ passed: 7, failed: 1, skipped: 1 });
  expect(left).toBeInstanceOf(CleanUpError);
  const outer = await countRun(withCleanUp(() => withCleanUp(async () => tally, stuck), done));
  expect(outer.tally).toEqual({ passed: 7, failed: 1, skipped: 1 });
});

test('where the work failed there is no count', async () => {
  const failing = () => Promise.reject(new Error('no cluster'));
  await expect(countRun(withCleanUp<Tally>(failing, done))).rejects.toThrow('no cluster');
  await expect(countRun(withCleanUp<Tally>(failing, stuck))).rejects.toBeInstanceOf(SuppressedError);
  await expect(countRun(withCleanUp<Tally | undefined>(async () => undefined, stuck))).rejects.toThrow(CleanUpError);
});
