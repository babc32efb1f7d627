import { expect, test } from 'vitest';
import { matchesDecision, parseAnswers, targetArgument } from './ask-probe.ts';

const line = (answer: string, more: object = {}) => JSON.stringify({ answer, tookMs: 1, evidence: 'e', ...more });

test('a target is an argument without spaces', () => {
  expect(targetArgument({ host: 'meho.meho-x.svc', port: 8000, protocol: 'UDP' })).toBe('udp/8000/meho.meho-x.svc');
});

test('each line is an answer, in the order of the targets', () => {
  const output = [line('connected'), line('timed out'), line('refused')].join('\n');
  expect(parseAnswers({ exitCode: 0, output }, 3).map(({ answer }) => answer)).toEqual([
    'connected',
    'timed out',
    'refused',
  ]);
});

test('a name that does not resolve keeps its reason', () => {
  const output = line('could not probe', { obstacle: 'name not resolved' });
  expect(parseAnswers({ exitCode: 0, output }, 1)).toMatchObject([
    { answer: 'could not probe', obstacle: 'name not resolved' },
  ]);
});

test.each([
  ['a program that is not there', { exitCode: 127, output: 'exec: "/probe": no such file' }, 'no such program'],
  ['a program that fails', { exitCode: 1, output: 'probe: expected a port' }, 'no answer of the probe'],
  ['a line too few', { exitCode: 0, output: line('connected') }, 'no answer of the probe'],
  ['half a line', { exitCode: 0, output: `${line('connected')}\n{"answer":"timed` }, 'no answer of the probe'],
  [
    'an answer that nobody knows',
    { exitCode: 0, output: [line('perhaps'), line('connected')].join('\n') },
    'no answer of the probe',
  ],
])('%s is no denial', (_, said, obstacle) => {
  expect(parseAnswers(said, 2)).toMatchObject([
    { answer: 'could not probe', obstacle },
    { answer: 'could not probe', obstacle },
  ]);
});

test.each([
  ['connected', true, false],
  ['timed out', false, true],
  ['refused', false, true],
  // Matches neither: otherwise a wait for a denial would end early.
  ['could not probe', false, false],
] as const)('%s is as an open flow: %s, as a closed one: %s', (answer, open, closed) => {
  expect([matchesDecision({ answer }, true), matchesDecision({ answer }, false)]).toEqual([open, closed]);
});

test('no answer is as neither', () => {
  expect([matchesDecision(undefined, true), matchesDecision(undefined, false)]).toEqual([false, false]);
});
