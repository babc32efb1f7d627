import { readFlags } from '@meho/core/command-line/flags';
import { flavourImages } from '@meho/images/catalog';
import { expect, test } from 'vitest';
import { nodeFlag, nodeProblems } from './node-flag.ts';

const flavours = Object.keys(flavourImages).join(' or ');

test.each([
  [[], undefined],
  [['--node', 'k3s'], 'k3s'],
  [['--node=cilium'], 'cilium'],
] as const)('%j is taken', (args, node) => {
  expect(readFlags(nodeFlag, args)).toEqual({ values: { node }, problems: [] });
});

test.each([
  ['--node=k0s', `--node: expected ${flavours}, got "k0s"`],
  ['--node=', `--node: expected ${flavours}, got ""`],
  ['--node=constructor', `--node: expected ${flavours}, got "constructor"`],
  ['--node', '--node: expected a value, FLAVOUR'],
])('%s is refused', (arg, problem) => {
  expect(readFlags(nodeFlag, [arg]).problems).toEqual([problem]);
});

test('a cluster that is there has its nodes already', () => {
  expect(nodeProblems({ node: 'k3s' }, { kubeconfig: '/k', use: 'up' })).toEqual([
    '--node and --kubeconfig contradict each other',
    '--node and --use contradict each other',
  ]);
  expect(nodeProblems({ node: 'k3s' }, { kubeconfig: undefined, use: undefined })).toEqual([]);
  expect(nodeProblems({}, { kubeconfig: '/k', use: 'up' })).toEqual([]);
});
