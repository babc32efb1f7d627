import { expect, test } from 'vitest';
import { failureLine, failureLines } from './failure.ts';
import { Problem } from './problem.ts';

const failure = {
  expected: '200',
  observed: '503',
  hint: 'kubectl get pods',
  page: 'docs/checks/healthz.md',
  evidence: ['pod a: Pending'],
};

test('one line has what was expected, what was seen, where to look first and the page, in this order', () => {
  expect(failureLine(failure)).toBe(
    'expected 200; seen 503; page: docs/checks/healthz.md; look first: kubectl get pods',
  );
  expect(failureLine({ expected: 'a', observed: 'b' })).toBe('expected a; seen b');
});

test('several lines have the same words, and the evidence', () => {
  expect(failureLines(failure)).toEqual([
    ...['expected 200', 'seen 503', 'page: docs/checks/healthz.md', 'look first: kubectl get pods'],
    'pod a: Pending',
  ]);
});

test('a problem says the same', () => {
  const { message } = new Problem({ expected: 'images', observed: 'no space left', next: 'free some' });
  expect(message).toBe('expected images; seen no space left; next: free some');
});
