import { once } from 'node:events';
import { expect, test } from 'vitest';
import { runConcurrently } from './run-concurrently.ts';

const { signal } = new AbortController();

async function endless(called: AbortSignal): Promise<never> {
  await once(called, 'abort');
  throw new Error('called off');
}

test('ends when all have ended', async () => {
  const done: string[] = [];
  const note = (name: string) => async () => {
    done.push(name);
  };
  await runConcurrently(signal, [note('one'), note('other')]);
  expect(done).toEqual(['one', 'other']);
});

test('the first failure calls the rest off, and is the one that is told', async () => {
  const failing = () => Promise.reject(new Error('no Go'));
  await expect(runConcurrently(signal, [endless, failing, endless])).rejects.toThrow('no Go');
});

test('a signal calls all off', async () => {
  const controller = new AbortController();
  const both = runConcurrently(controller.signal, [endless, endless]);
  controller.abort(new Error('Ctrl-C'));
  await expect(both).rejects.toThrow('called off');
});
