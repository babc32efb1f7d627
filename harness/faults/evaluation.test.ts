import { describe, expect, test } from 'vitest';
import { complaintsOf, complaintsOfHealthy, type Evaluation, missed } from './evaluation.ts';
import { type Fault, otherCommandLine } from './fault.ts';

const fault: Fault = {
  id: 'expired',
  title: 'the certificate has expired',
  expectRed: ['healthz'],
  says: /expired/,
  inject: async () => otherCommandLine({}),
};
const seen: Evaluation = { exitCode: 1, red: ['healthz'], warned: [], words: 'the certificate expired', durationMs: 1 };

describe('complaints', () => {
  test('none where exactly the expected check went red and named the cause', () => {
    expect(complaintsOf(fault, seen)).toEqual([]);
  });
  test.each<[string, Evaluation, string]>([
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

test('what is missed tells what was expected, what was seen and what the verifier said', () => {
  const other = { ...seen, red: ['version'], words: 'version: another build\nhint' };
  expect(missed(fault, other, complaintsOf(fault, other)).split('\n')).toEqual([
    'expected healthz red, in words like /expired/',
    'seen version red, exit code 1',
    '  healthz did not go red',
    '  version went red with it',
    '  no line says /expired/',
    'the verifier said:',
    '  version: another build',
    '  hint',
  ]);
});

test('a fault that could not be injected says that no verifier was run', () => {
  expect(missed(fault, undefined, ['it could not be injected']).split('\n')).toEqual([
    'expected healthz red, in words like /expired/',
    'seen nothing, because no verifier was run',
    '  it could not be injected',
  ]);
});
