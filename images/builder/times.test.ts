import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildTimes, recordBuildTime } from './times.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'times-'));
});
afterEach(() => rm(cache, { recursive: true }));

test('the last time of each part is remembered, and none of what failed', async () => {
  expect(await buildTimes(cache)).toEqual([]);
  expect(await recordBuildTime('Go program a', { cache }, async () => 'result')).toBe('result');
  await recordBuildTime('Go program a', { cache }, async () => undefined);
  await expect(recordBuildTime('image b', { cache }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await buildTimes(cache)).toEqual([{ title: 'Go program a', seconds: 0, at: expect.any(String) }]);
});
