import { isFailure } from '@meho/contract/check';
import { UsageError } from '@meho/core/problem';
import { expect, test } from 'vitest';
import { NothingCreated, takeStep } from './steps.ts';

const step = { id: 'install', title: 'The chart installs', expected: 'an install', hint: 'look at helm' };
const during = () => ({ signal: new AbortController().signal, underWay: [] });
const failing = (error: Error) => takeStep(step, () => Promise.reject(error), during());

test('credentials that run out in the midst are a red step, so that what was made is taken down', async () => {
  const { verdict } = await failing(new UsageError(['the exec plugin of user ci ended with exit code 1']));
  expect(isFailure(verdict)).toBe(true);
  expect(verdict).toMatchObject({
    expected: 'an install',
    observed: 'the exec plugin of user ci ended with exit code 1',
    hint: 'look at helm',
  });
});

test('where nothing was made, there is no step to tell of', async () => {
  await expect(failing(new NothingCreated(['somebody has it']))).rejects.toThrow('somebody has it');
});

test('a step that is called off ends at once, and its work is known as under way', async () => {
  const controller = new AbortController();
  const underWay: Promise<unknown>[] = [];
  const taken = takeStep(step, () => new Promise<string>(() => undefined), { signal: controller.signal, underWay });
  controller.abort(new Error('interrupted'));
  expect((await taken).verdict).toMatchObject({ outcome: 'violated', observed: 'stopped: interrupted' });
  expect(underWay).toHaveLength(1);
});
