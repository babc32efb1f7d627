import { expect, test } from 'vitest';
import { lookAlike, type Topology } from './topology.ts';

const topology = (release: string): Topology => ({
  ...{ namespace: 'meho', release, nameLabel: 'meho', ingressNamespace: 'ingress' },
  ...{ broadcast: { enabled: true, port: 6379 }, upstreams: [], upstreamsServe: [], hosts: [] },
});

test('the look-alike’s labels are no neighbour’s, whose Service would send requests to the probe', () => {
  expect(lookAlike(topology('meho'), 'ab12cd')).toEqual({
    'app.kubernetes.io/name': 'meho',
    'app.kubernetes.io/instance': 'meho-ab12cd',
    'app.kubernetes.io/component': 'backplane',
  });
});

test('the longest release’s look-alike still has a label', () => {
  const labels = lookAlike(topology('a'.repeat(53)), 'ab12cd') as Readonly<Record<string, string>>;
  expect(labels['app.kubernetes.io/instance']).toMatch(/^a{53}-ab12cd$/);
});
