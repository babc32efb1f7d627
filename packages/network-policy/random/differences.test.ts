import { expect, test } from 'vitest';
import { type Difference, waitForAgreement } from './differences.ts';

const { signal } = new AbortController();
const seen = { answer: 'connected', tookMs: 1, evidence: '' } as const;
const differ = (...flows: readonly string[]) => flows.map((flow): Difference<string> => ({ flow, seen }));

test('probes that give no answer before the deadline are no agreement', async () => {
  const left = await waitForAgreement(['a', 'b'], () => new Promise(() => undefined), { deadlineMs: 20, signal });
  expect(left).toEqual([
    { flow: 'a', seen: undefined },
    { flow: 'b', seen: undefined },
  ]);
});

test('probes that fail each time are no agreement', async () => {
  const left = await waitForAgreement(['a'], () => Promise.reject(new Error('gone')), { deadlineMs: 20, signal });
  expect(left).toEqual([{ flow: 'a', seen: undefined }]);
});

test('what is late is asked first, and then all once more', async () => {
  const asked: (readonly string[])[] = [];
  const answers = [differ('b'), differ('b'), [], differ('a'), [], []];
  const look = (flows: readonly string[]) => {
    asked.push(flows);
    return Promise.resolve(answers.shift() ?? differ(...flows));
  };
  expect(await waitForAgreement(['a', 'b'], look, { deadlineMs: 5_000, signal })).toEqual([]);
  expect(asked).toEqual([['a', 'b'], ['b'], ['b'], ['a', 'b'], ['a'], ['a', 'b']]);
});

test('what still differs at the deadline is left', async () => {
  const left = await waitForAgreement(['a', 'b'], () => Promise.resolve(differ('b')), { deadlineMs: 20, signal });
  expect(left).toEqual(differ('b'));
});

test('being called off is no verdict', async () => {
  const off = AbortSignal.abort(new Error('called off'));
  await expect(waitForAgreement(['a'], () => Promise.resolve([]), { deadlineMs: 20, signal: off })).rejects.toThrow(
    'called off',
  );
});
