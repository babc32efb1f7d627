import { describe, expect, test } from 'vitest';
import { failureParts, formatFailure } from './failure.ts';

test('message, difference, causes and the place in our own sources, in this order', () => {
  const text = formatFailure([
    {
      message: 'expected 200, got 503',
      diff: '- 200\n+ 503',
      cause: { message: 'connection reset', cause: { message: 'the pod restarted' } },
      stack: [
        'Error: expected 200',
        '    at assert (file:///somewhere/node_modules/vitest/dist/x.js:1:1)',
        '    at story (/somewhere/suites/install/cold-install.spec.ts:12:5)',
      ].join('\n'),
    },
  ]);
  expect(text.split('\n').map((line) => line.trim())).toEqual([
    'expected 200, got 503',
    '- 200',
    '+ 503',
    'caused by: connection reset',
    'caused by: the pod restarted',
    'at suites/install/cold-install.spec.ts:12:5',
  ]);
});

test.each([
  ['packages/core/wait/wait-for.ts:3:9', '    at waitFor (file:///somewhere/packages/core/wait/wait-for.ts:3:9)'],
  ['images/build/archive.ts:3:9', '    at file:///somewhere/images/build/archive.ts:3:9'],
  ['apps/reference-backplane/server.ts:3:9', '    at async serve (/somewhere/apps/reference-backplane/server.ts:3:9)'],
])('the place may be in any folder of ours: %s', (place, frame) => {
  const stack = `Error: x\n    at y (/somewhere/node_modules/@kubernetes/client-node/src/watch.ts:1:1)\n${frame}`;
  expect(formatFailure([{ message: 'x', stack }])).toBe(`    x\n    at ${place}`);
});

test('the colours of the runner are left out', () => {
  const diff = '\u001b[32m- 200\u001b[39m\n\u001b[31m+ 503\u001b[39m';
  expect(formatFailure([{ message: 'expected 200', diff }])).toBe('    expected 200\n    - 200\n    + 503');
});

test('an error without a stack is still told', () => {
  expect(formatFailure([{ message: 'no tests found' }])).toBe('    no tests found');
});

describe('in parts', () => {
  test('what a Problem expected and saw, what to do, and the last of its causes', () => {
    const cause = { message: 'no route', cause: { message: 'the pod restarted' } };
    const error = { message: 'expected a; seen b', expected: 'a', observed: 'b', next: 'c', cause };
    expect(failureParts([error])).toEqual({ expected: 'a', observed: 'b', next: 'c', cause: 'the pod restarted' });
  });
  test('of a difference each side, without what both share', () => {
    const diff = '- Expected\n+ Received\n\n  {\n-   "id": "a",\n+   "id": "b",\n  }';
    expect(failureParts([{ message: 'expected x to equal y', diff }])).toEqual({
      expected: '"id": "a",',
      observed: '"id": "b",',
    });
    expect(failureParts([{ message: 'x', diff: '+ "more"' }])).toEqual({
      expected: 'nothing in its place',
      observed: '"more"',
    });
  });
  test('of an assertion’s sentence, or the first line of any other', () => {
    expect(failureParts([{ message: 'log: expected 3 to be less than 2' }])).toEqual({
      expected: 'log: to be less than 2',
      observed: '3',
    });
    expect(failureParts([{ message: 'socket hang up\nevidence: x' }])).toEqual({ observed: 'socket hang up' });
    expect(failureParts([])).toEqual({});
  });
});
