import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { uptime } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { livenessOf, ownerOf, startTicksIn } from './owner.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Began before and after boot. */
const beforeBoot = Date.now() - (uptime() + 3600) * 1000;
const now = Date.now();

test('this process is alive, and is not the one that had its pid before', async () => {
  const me = await ownerOf();
  expect(await livenessOf(me, now)).toBe('alive');
  expect(await livenessOf({ ...me, startTicks: '1' }, now)).toBe('dead');
});

test('a process that was killed is dead, even while nobody has taken its exit code', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const owner = await ownerOf(child.pid);
  expect(await livenessOf(owner, now)).toBe('alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await livenessOf(owner, now)).toBe('dead');
});

test('where it cannot look it says so, unless this very machine has booted since', async () => {
  const me = await ownerOf();
  expect(await livenessOf({ ...me, pidNamespace: '1' }, beforeBoot)).toBe('unknown');
  expect(await livenessOf({ ...me, bootId: 'other', host: 'another-machine' }, beforeBoot)).toBe('unknown');
  expect(await livenessOf({ ...me, bootId: 'other' }, beforeBoot)).toBe('dead');
});

test('a run of another machine with the same name is not of an earlier boot of this one', async () => {
  const me = await ownerOf();
  expect(await livenessOf({ ...me, bootId: 'other' }, now)).toBe('unknown');
});

test('without ids of boots, machines are told apart by their names', async () => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  const me = await ownerOf();
  expect(await livenessOf(me, now)).toBe('alive');
  const theirs = { ...me, host: 'another-machine', pid: 2 ** 22 + 1 };
  expect(await livenessOf(theirs, now)).toBe('unknown');
  expect(await livenessOf({ ...theirs, host: me.host }, now)).toBe('dead');
});

test.each([
  ['7 (sleep) S 1 7 7 0 -1 4194304 95 0 0 0 0 0 0 0 20 0 1 0 12345 2555904 200', '12345'],
  ['7 (a) b) (c) R 1 7 7 0 -1 4194304 95 0 0 0 0 0 0 0 20 0 1 0 777 2555904 200', '777'],
  ['7 (sleep) Z 1 7 7 0 -1 4194304 95 0 0 0 0 0 0 0 20 0 1 0 12345 0 0', undefined],
])('start ticks in %s', (stat, ticks) => {
  expect(startTicksIn(stat)).toBe(ticks);
});
