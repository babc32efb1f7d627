import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

const signal = new AbortController().signal;

test('no more than a lane’s width at a time, in order, and lanes do not wait for each other', async () => {
  const lanes = new Lanes({ go: 2, debian: 1 });
  const started: string[] = [];
  const running = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<void>((resolve) => {
      started.push(name);
      running.set(name, resolve);
    });
  const all = [
    lanes.in('go', signal, work('go 1')),
    lanes.in('go', signal, work('go 2')),
    lanes.in('go', signal, work('go 3')),
    lanes.in('debian', signal, work('debian 1')),
  ];
  await Promise.resolve();
  await Promise.resolve();
  expect(started).toEqual(['go 1', 'go 2', 'debian 1']);
  running.get('go 2')?.();
  await all[1];
  await Promise.resolve();
  expect(started).toEqual(['go 1', 'go 2', 'debian 1', 'go 3']);
  for (const finish of running.values()) {
    finish();
  }
  await Promise.all(all);
});

test('work that fails makes room; work that was given up does not start', async () => {
  const lanes = new Lanes({ go: 1 });
  await expect(lanes.in('go', signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  const given = AbortSignal.abort(new Error('given up'));
  await expect(lanes.in('go', given, async () => 'started')).rejects.toThrow('given up');
  await expect(lanes.in('go', signal, async () => 'next')).resolves.toBe('next');
});
