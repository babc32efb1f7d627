import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { runExclusively } from './exclusive.ts';

const signal = new AbortController().signal;
const fresh = () => `test ${process.pid} ${Math.random()}`;

test('work under one name takes turns', async () => {
  const name = fresh();
  const events: string[] = [];
  const turn = (id: number) =>
    runExclusively(name, { deadlineMs: 5_000, signal }, async () => {
      events.push(`start ${id}`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`end ${id}`);
      return id;
    });
  expect((await Promise.all([turn(1), turn(2), turn(3)])).toSorted()).toEqual([1, 2, 3]);
  expect(events).toHaveLength(6);
  for (let i = 0; i < 6; i += 2) {
    expect(events[i + 1]).toBe(events[i]?.replace('start', 'end'));
  }
});

test('names do not wait for each other', async () => {
  await runExclusively(fresh(), { deadlineMs: 1_000, signal }, () =>
    runExclusively(fresh(), { deadlineMs: 1_000, signal }, async () => undefined),
  );
});

test('work that fails lets go', async () => {
  const name = fresh();
  await expect(
    runExclusively(name, { deadlineMs: 1_000, signal }, () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no');
  await expect(runExclusively(name, { deadlineMs: 1_000, signal }, async () => 'next')).resolves.toBe('next');
});

test('the wait has a deadline that names the holder, and can be given up', async () => {
  const name = fresh();
  const seen: string[] = [];
  await runExclusively(name, { deadlineMs: 1_000, signal }, async () => {
    const options = { deadlineMs: 100, signal, onWait: (holder: string) => seen.push(holder) };
    await expect(runExclusively(name, options, async () => undefined)).rejects.toThrow(`busy with ${name}`);
    const given = AbortSignal.abort();
    await expect(runExclusively(name, { ...options, signal: given }, async () => undefined)).rejects.toThrow('aborted');
  });
  expect(seen).toEqual([`process ${process.pid}`]);
});

test('a holder that is killed holds nothing', async () => {
  const name = fresh();
  const script = `
    import { runExclusively } from ${JSON.stringify(new URL('./exclusive.ts', import.meta.url).href)};
    await runExclusively(${JSON.stringify(name)}, { deadlineMs: 1000, signal: new AbortController().signal },
      () => { console.log('held'); return new Promise((resolve) => setTimeout(resolve, 60000)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let held = false;
  child.stdout.on('data', () => {
    held = true;
  });
  await waitFor('the child to hold the name', async () => (held ? holds(true) : notYet('not yet')), {
    deadlineMs: 5_000,
    intervalMs: 20,
  });
  const ended = once(child, 'exit');
  let waitedFor = '';
  const next = runExclusively(
    name,
    {
      deadlineMs: 5_000,
      signal,
      onWait: (holder) => {
        waitedFor = holder;
        child.kill('SIGKILL');
      },
    },
    async () => 'mine',
  );
  await expect(next).resolves.toBe('mine');
  expect(waitedFor).toBe(`process ${child.pid}`);
  await ended;
});
