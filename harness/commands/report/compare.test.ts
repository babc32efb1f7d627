import { UsageError } from '@meho/core/problem';
import { aRun } from '@meho/core/report/testing/a-run';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCompare } from './compare.ts';
import { type RunsOnDisk, runsOnDisk } from './testing/runs-on-disk.ts';

let runs: RunsOnDisk;
let red: string;
let green: string;
beforeAll(async () => {
  runs = await runsOnDisk();
  red = await runs.put('red', aRun());
  const tests = aRun().tests.map((each) => (each.state === 'failed' ? { ...each, state: 'passed' as const } : each));
  green = await runs.put('green', aRun({ outcome: 'passed', tests, tally: { passed: 3, failed: 0, skipped: 1 } }));
});
afterAll(() => runs[Symbol.asyncDispose]());

async function printed(...args: readonly string[]) {
  let text = '';
  const code = await runCompare(args, (more) => {
    text += more;
  });
  return { code, text };
}

test('0 if nothing is worse, 1 if something is', async () => {
  expect(await printed(red, green)).toMatchObject({ code: 0, text: expect.stringMatching(/^nothing is worse\n/) });
  expect(await printed(green, red)).toMatchObject({ code: 1, text: expect.stringMatching(/^worse: 1 new failure\n/) });
});

test('as a document, wherever the flag stands', async () => {
  for (const args of [
    ['--output', 'json', green, red],
    [green, '--output=json', red],
  ]) {
    const { code, text } = await printed(...args);
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({ schemaVersion: 1, verdict: 'worse', after: { place: red } });
  }
});

const linesOf = (args: readonly string[]) =>
  runCompare(args).then(
    () => ['it was accepted'],
    (error: unknown) => (error instanceof UsageError ? error.problems : [String(error)]),
  );

test('what can’t be compared is refused in one line', async () => {
  const faults = await runs.put('faults', aRun({ command: 'faults' }));
  expect(await linesOf([])).toEqual([expect.stringMatching(/expected the reports of two runs or more.*seen none$/)]);
  expect(await linesOf([red])).toEqual([expect.stringMatching(/two runs or more.*red$/)]);
  expect(await linesOf([red, red])).toEqual([expect.stringMatching(/seen the same one/)]);
  expect(await linesOf([red, faults])).toEqual([
    expect.stringMatching(/faults: expected a run of acceptance, as .*red is one, seen one of faults$/),
  ]);
  expect(await linesOf([red, green, '--format'])).toEqual(['unknown flag --format']);
  expect(await linesOf([red, green, '--output', 'xml'])).toEqual(['--output: expected text or json, got "xml"']);
});
