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
  expect(readFlags(nodeFlag, args)).toEqual({ values: { node, kubernetes: undefined }, problems: [] });
});

test.each([
  ['1.37', '1.37.2'],
  ['1.37.2', '1.37.2'],
  ['1.29', '1.29.6'],
  ['1.34', '1.34.4'],
])('--kubernetes %s is taken as %s', (text, kubernetes) => {
  expect(readFlags(nodeFlag, ['--kubernetes', text])).toEqual({
    values: { node: undefined, kubernetes },
    problems: [],
  });
});

test.each(['1.28', '1.40', '1.3', '1.37.1', 'v1.37', '1', '', '1.37.2.1'])('--kubernetes %j is refused', (text) => {
  const known = '1.29.6, 1.30.14, 1.31.14, 1.32.13, 1.33.13, 1.34.4, 1.35.4, 1.36.3, 1.37.2';
  expect(readFlags(nodeFlag, [`--kubernetes=${text}`]).problems).toEqual([
    `--kubernetes: expected one of ${known}, or its minor, got "${text}"`,
  ]);
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
  expect(nodeProblems({ kubernetes: '1.37.2' }, { kubeconfig: '/k', use: 'up' })).toEqual([
    '--kubernetes and --kubeconfig contradict each other',
    '--kubernetes and --use contradict each other',
  ]);
  expect(nodeProblems({ node: 'k3s' }, { kubeconfig: undefined, use: undefined })).toEqual([]);
  expect(nodeProblems({}, { kubeconfig: '/k', use: 'up' })).toEqual([]);
});
