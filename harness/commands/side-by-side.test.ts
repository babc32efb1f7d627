import { once } from 'node:events';
import { expect, test } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const { signal } = new AbortController();

/** Goes on until it is called off, and then fails for that. */
async function endless(called: AbortSignal): Promise<never> {
  await once(called, 'abort');
  throw new Error('called off');
}

test('ends when all have ended', async () => {
  const done: string[] = [];
  const note = (name: string) => async () => {
    done.push(name);
  };
  await sideBySide(signal, [note('one'), note('other')]);
  expect(done).toEqual(['one', 'other']);
});

test('the first failure calls the rest off, and is the one that is told', async () => {
  const failing = () => Promise.reject(new Error('no Go'));
  await expect(sideBySide(signal, [endless, failing, endless])).rejects.toThrow('no Go');
});

test('a signal calls all off', async () => {
  const controller = new AbortController();
  const both = sideBySide(controller.signal, [endless, endless]);
  controller.abort(new Error('Ctrl-C'));
  await expect(both).rejects.toThrow('called off');
});
