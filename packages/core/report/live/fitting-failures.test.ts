import { expect, test } from 'vitest';
import { fittingFailureList } from './fitting-failures.ts';

const rerun = `npm run acceptance -- --suite smoke/b -t '^${'the chain reads Vault '.repeat(8)}$'`;
const failure = {
  ...{ project: 'suites', file: 'suites/smoke/b.spec.ts', names: ['the chain', 'reads Vault'.repeat(9)], rerun },
  detail: `    expected true\n    seen false ${'and more '.repeat(40)}\n    at suites/smoke/b.spec.ts:3:1`,
};

test.each([24, 40, 60])('a hundred failures fit on %d rows, and say how many are not there', (rows) => {
  const lines = fittingFailureList(
    Array.from({ length: 100 }, () => failure),
    { columns: 80, rows },
  ).split('\n');
  expect(lines[0]).toBe('failed: 100');
  expect(lines.length).toBeLessThanOrEqual(rows - 10);
  const shown = lines.filter((line) => line.includes('✗')).length;
  expect(lines.at(-1)).toContain(`and ${100 - shown} more`);
});

test('a command is whole, and other lines end at the screen’s edge', () => {
  const lines = fittingFailureList([failure], { columns: 80, rows: 24 }).split('\n');
  expect(lines).toContain(`      run it again: ${rerun}`);
  const others = lines.filter((line) => !line.includes('run it again'));
  expect(Math.max(...others.map((line) => line.length))).toBeLessThan(80);
  expect(others[2]).toMatch(/^ {6}seen false and more/);
});
