import { expect, test } from 'vitest';
import { formatFailure } from './failure.ts';

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

test('the colours of the runner are left out', () => {
  const diff = '\u001b[32m- 200\u001b[39m\n\u001b[31m+ 503\u001b[39m';
  expect(formatFailure([{ message: 'expected 200', diff }])).toBe('    expected 200\n    - 200\n    + 503');
});

test('an error without a stack is still told', () => {
  expect(formatFailure([{ message: 'no tests found' }])).toBe('    no tests found');
});
