import { expect, test } from 'vitest';
import { requestIdOf } from './request-id.ts';

test.each(['abc-1', '0b8f7d0e-0000-4000-8000-000000000001', 'trace:1.2_3'])('%s is passed through', (id) => {
  expect(requestIdOf(id)).toBe(id);
});

test.each([undefined, '', 'two words', 'a'.repeat(129), 'a\u0007', '<script>'])('%j is replaced by a UUID', (id) => {
  expect(requestIdOf(id)).toMatch(/^[0-9a-f-]{36}$/);
});
