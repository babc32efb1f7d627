import { expect, test } from 'vitest';
import type { Check, Verdict } from './check.ts';
import { type RunChecksOptions, runChecks } from './run-checks.ts';

const holds: Verdict = { outcome: 'holds', observed: 'fine' };
const violated: Verdict = { outcome: 'violated', expected: 'a', observed: 'b', hint: 'c', severity: 'failure' };
const unknown: Verdict = { outcome: 'unknown', expected: 'a', observed: 'b', hint: 'c' };
const NOTHING = { inputs: {}, missing: { token: 'no token here' } };

function check(id: string, run: () => Promise<Verdict>, more: Partial<Check> = {}): Check {
  return { id, title: id, needs: [], run, ...more };
}

async function outcomes(checks: readonly Check[], options: Partial<RunChecksOptions> = {}) {
  const results = await runChecks(checks, NOTHING, { signal: new AbortController().signal, ...options });
  return results.map(({ check: { id }, verdict }) => [id, verdict.outcome]);
}

test('checks run side by side and are reported in the order of the list', async () => {
  const gate = Promise.withResolvers<Verdict>();
  const told: string[] = [];
  const list = [
    check('first', () => gate.promise),
    check('second', async () => {
      gate.resolve(holds);
      return holds;
    }),
  ];
  await outcomes(list, { onResult: (result) => told.push(result.check.id) });
  expect(told).toEqual(['first', 'second']);
});

test('a check waits for those it comes after, also for later ones', async () => {
  const order: string[] = [];
  const note = (id: string) => async () => {
    order.push(id);
    return holds;
  };
  await outcomes([check('budget', note('budget'), { after: ['work'] }), check('work', note('work'))]);
  expect(order).toEqual(['work', 'budget']);
});

test('what a failure explains is a note that names it; a violation of its own stays red, and so does what was seen and tells nothing', async () => {
  const list = [
    check('cause', async () => violated),
    check('blind', async () => unknown, { explainedBy: ['cause'] }),
    check('wrong', async () => violated, { explainedBy: ['cause'] }),
    check('unclear', async () => ({ ...unknown, seen: true }), { explainedBy: ['cause'] }),
    check('alone', async () => unknown),
  ];
  expect(await outcomes(list)).toEqual([
    ['cause', 'violated'],
    ['blind', 'skipped'],
    ['wrong', 'violated'],
    ['unclear', 'unknown'],
    ['alone', 'unknown'],
  ]);
});

test('what explains a check that explains another is named for both', async () => {
  const results = await runChecks(
    [
      check('cause', async () => violated),
      check('between', async () => unknown, { explainedBy: ['cause'] }),
      check('last', async () => unknown, { explainedBy: ['between'] }),
    ],
    NOTHING,
    { signal: new AbortController().signal },
  );
  expect(results.map(({ explainedBy }) => explainedBy)).toEqual([undefined, 'cause', 'cause']);
});

test('a gateway’s answer is explained by a host that is silent, and by nothing else', async () => {
  const gateway: Verdict = { ...violated, host: 'gateway' };
  const silent: Verdict = { ...violated, host: 'is-silent' };
  const behind = (cause: Verdict) =>
    outcomes([check('cause', async () => cause), check('behind', async () => gateway, { explainedBy: ['cause'] })]);
  expect(await behind(silent)).toEqual([
    ['cause', 'violated'],
    ['behind', 'skipped'],
  ]);
  expect(await behind(violated)).toEqual([
    ['cause', 'violated'],
    ['behind', 'violated'],
  ]);
  expect(await behind(unknown)).toEqual([
    ['cause', 'unknown'],
    ['behind', 'violated'],
  ]);
});

test('a missing need is a skip, or a failure where the check is required', async () => {
  const list = [
    check('optional', async () => holds, { needs: ['token'] }),
    check('required', async () => holds, { needs: ['token'], required: true }),
  ];
  expect(await outcomes(list)).toEqual([
    ['optional', 'skipped'],
    ['required', 'unknown'],
  ]);
});

test('a check that throws is unknown, never green', async () => {
  expect(await outcomes([check('broken', () => Promise.reject(new Error('oops')))])).toEqual([['broken', 'unknown']]);
});

test('fail-fast makes no check after the first failure', async () => {
  let made = 0;
  const list = [
    check('good', async () => holds),
    check('bad', async () => violated),
    check('later', async () => {
      made += 1;
      return holds;
    }),
  ];
  expect(await outcomes(list, { failFast: true })).toEqual([
    ['good', 'holds'],
    ['bad', 'violated'],
    ['later', 'skipped'],
  ]);
  expect(made).toBe(0);
});

test('an interrupted run has no verdict', async () => {
  const controller = new AbortController();
  const list = [
    check('slow', () => {
      controller.abort(new Error('interrupted'));
      return Promise.reject(new Error('because of it'));
    }),
    check('other', async () => holds),
  ];
  await expect(outcomes(list, { signal: controller.signal })).rejects.toThrow('interrupted');
});
