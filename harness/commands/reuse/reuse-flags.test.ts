import { readFlags } from '@meho/core/command-line/flags';
import { expect, test } from 'vitest';
import { pauseFlag, pauseProblems, type ReuseValues, reuseFlags, reuseProblems } from './reuse-flags.ts';

const read = (...args: readonly string[]) => readFlags({ ...reuseFlags, ...pauseFlag }, args);

test('without any of them nothing is used, kept, repeated or waited for', () => {
  expect(read()).toEqual({
    values: { use: undefined, keep: false, repeat: 1, 'rerun-failed': false, 'pause-on-fail': false },
    problems: [],
  });
});

test.each([
  ['--use=down', '--use: expected up, got "down"'],
  ['--repeat=0', '--repeat: expected a whole number from 1 to 1000, got "0"'],
  ['--repeat=2.5', '--repeat: expected a whole number from 1 to 1000, got "2.5"'],
  ['--keep=yes', '--keep: expected no value: it is a switch'],
])('%s is refused', (arg, problem) => {
  expect(read(arg).problems).toEqual([problem]);
});

test.each<[Partial<ReuseValues>, Record<string, unknown>, Record<string, unknown>, readonly string[]]>([
  [{ use: 'up' }, {}, { kubeconfig: '/k' }, ['--use up and --kubeconfig contradict each other']],
  [{ use: 'up' }, {}, { plan: true }, ['--use up and --plan contradict each other']],
  [{ keep: true }, {}, { kubeconfig: '/k' }, ['--keep and --kubeconfig contradict each other']],
  [{ keep: true }, {}, { plan: true }, ['--keep and --plan contradict each other']],
  [{ 'rerun-failed': true }, { suite: ['smoke'] }, {}, ['--rerun-failed and --suite contradict each other']],
  [{ 'rerun-failed': true }, { suite: [] }, { plan: true }, ['--rerun-failed and --plan contradict each other']],
  [{ repeat: 2 }, {}, { plan: true }, ['--repeat and --plan contradict each other']],
  [{ repeat: 1 }, { suite: ['smoke'] }, { kubeconfig: '/k', plan: true }, []],
  [{ use: 'up', keep: true, repeat: 3 }, { suite: ['smoke'] }, { kubeconfig: undefined, plan: false }, []],
  [{ repeat: 3, 'rerun-failed': true }, { suite: [] }, { kubeconfig: '/k' }, []],
])('%j with %j and %j', (values, selecting, elsewhere, problems) => {
  expect(reuseProblems(values, selecting, elsewhere)).toEqual(problems);
});

test('a wait for Enter needs a terminal', () => {
  expect(pauseProblems({ 'pause-on-fail': true }, undefined)).toEqual([
    '--pause-on-fail: expected a terminal to wait on, and standard input and error are not both one',
  ]);
  expect(pauseProblems({ 'pause-on-fail': true }, true)).toEqual([]);
  expect(pauseProblems({ 'pause-on-fail': false }, undefined)).toEqual([]);
});
