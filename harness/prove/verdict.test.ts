import { describe, expect, test } from 'vitest';
import { asked, type Fault } from './story.ts';
import { complaintsOf, complaintsOfHealthy, proveTable, type Seen } from './verdict.ts';

const fault: Fault = {
  id: 'expired',
  title: 'the certificate has expired',
  expectRed: ['healthz'],
  says: /expired/,
  inject: async () => asked({}),
};
const seen: Seen = { exitCode: 1, red: ['healthz'], warned: [], words: 'the certificate expired', durationMs: 1 };

describe('complaints', () => {
  test('none where exactly the expected check went red and named the cause', () => {
    expect(complaintsOf(fault, seen)).toEqual([]);
  });
  test.each<[string, Seen, string]>([
    ['missed', { ...seen, red: [], words: 'expired' }, 'healthz did not go red'],
    ['something else red', { ...seen, red: ['healthz', 'version'] }, 'version went red with it'],
    ['a warning', { ...seen, warned: ['budget'] }, 'budget warned with it'],
    ['another cause', { ...seen, words: 'refused' }, 'no line says /expired/'],
    ['exit code', { ...seen, exitCode: 0 }, 'exit code 0 instead of 1'],
  ])('%s', (_, what, complaint) => {
    expect(complaintsOf(fault, what)).toContain(complaint);
  });
  test('a warning that must come and does not', () => {
    const warning: Fault = { ...fault, expectRed: [], expectWarn: ['budget'], says: /./ };
    expect(complaintsOf(warning, { exitCode: 0, red: [], warned: [], words: 'x', durationMs: 1 })).toEqual([
      'budget did not warn',
    ]);
  });
  test('usage needs exit code 2', () => {
    const misuse: Fault = { ...fault, expectRed: ['usage'], says: /./ };
    expect(complaintsOf(misuse, { exitCode: 2, red: ['usage'], warned: [], words: 'x', durationMs: 1 })).toEqual([]);
    expect(complaintsOf(misuse, { ...seen, red: ['usage'] })).toEqual(['exit code 1 instead of 2']);
  });
  test('a healthy release that is red or warns', () => {
    expect(complaintsOfHealthy({ exitCode: 0, red: [], warned: [], words: '', durationMs: 1 })).toEqual([]);
    expect(complaintsOfHealthy(seen)).toHaveLength(2);
    expect(complaintsOfHealthy({ exitCode: 0, red: [], warned: ['budget'], words: '', durationMs: 1 })).toHaveLength(1);
  });
});

test('the table says MISSED for each complaint', () => {
  const table = proveTable([
    { fault, seen, complaints: [] },
    { fault, seen: { ...seen, red: [] }, complaints: ['healthz did not go red'] },
  ]);
  const [head, first, second] = table.split('\n');
  expect(head).toMatch(/^fault\s+must go red\s+went red$/);
  expect(first).toMatch(/expired: the certificate has expired\s+healthz\s+healthz\s+ok$/);
  expect(second).toMatch(/healthz\s+nothing\s+MISSED$/);
});
