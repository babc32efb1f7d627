import { expect, test } from 'vitest';
import { failureList, failureMarkdown, titleOf } from './run-failure.ts';

const failure = {
  project: 'unit',
  file: 'packages/core/problem.test.ts',
  names: ['a problem', 'tells its cause'],
  detail: '    expected 200, got 503\n    at packages/core/problem.test.ts:12:5',
  rerun: "npx vitest run --project unit packages/core/problem.test.ts -t '^a problem tells its cause$'",
};

test('each failure is listed with its message and the command that runs it again', () => {
  expect(failureList([failure]).split('\n')).toEqual([
    'failed: 1',
    '  unit › packages/core/problem.test.ts › a problem > tells its cause',
    '      expected 200, got 503',
    '      at packages/core/problem.test.ts:12:5',
    `      run it again: ${failure.rerun}`,
  ]);
});

test('in a step summary a message makes no tag and mentions nobody', () => {
  const markdown = failureMarkdown([{ ...failure, detail: '<script>alert(1)</script> @someone' }]);
  expect(markdown).not.toMatch(/<script>|@someone/);
  expect(markdown).toContain('alert');
});

test('a phase has no file and no test', () => {
  expect(titleOf({ project: 'processes tests', names: [], detail: '' })).toBe('processes tests');
});

test('a long message keeps its first lines and its place; a long line is cut', () => {
  const lines = ['expected a', ...Array.from({ length: 50 }, (_, index) => `line ${index}`), 'x'.repeat(1000)];
  const told = failureList([{ ...failure, detail: [...lines, 'at suites/a.spec.ts:1:1'].join('\n') }]).split('\n');
  expect(told.slice(2, -1).map((line) => line.trim())).toEqual([
    ...['expected a', 'line 0', 'line 1', 'line 2', 'line 3'],
    'at suites/a.spec.ts:1:1',
  ]);
  const [, , cut = ''] = failureList([{ ...failure, detail: 'x'.repeat(1000) }]).split('\n');
  expect(cut.trim()).toHaveLength(241);
});

test('of many failures each is named, and the first twenty with their messages', () => {
  const list = failureList(Array.from({ length: 30 }, (_, index) => ({ ...failure, names: [`test ${index}`] })));
  expect(list.match(/› test \d+$/gm)).toHaveLength(30);
  expect(list.match(/expected 200/g)).toHaveLength(20);
  expect(list.match(/run it again: /g)).toHaveLength(30);
});
