import { expect, test } from 'vitest';
import { parseJson, TooManyMembers } from './bounded-json.ts';

const MIB = 1024 * 1024;

test.each([
  ['objects', '{},'],
  ['lists', '[],'],
  ['numbers', '1,'],
  ['objects with a member', '{"a":1},'],
])('16 MiB of tiny %s are refused before they take memory', (_what, unit) => {
  const text = `[${unit.repeat((16 * MIB) / unit.length)}1]`;
  const before = process.memoryUsage().heapUsed;
  expect(() => parseJson(text)).toThrow(TooManyMembers);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * MIB);
});

test('an object of 16 MiB as the API server sends them is read', () => {
  const record = {
    data: { release: 'x'.repeat(15 * MIB) },
    metadata: { managedFields: Array(10_000).fill({ a: {} }) },
  };
  expect(parseJson(JSON.stringify(record))).toEqual(record);
});
