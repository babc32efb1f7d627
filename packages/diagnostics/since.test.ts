import type { Event, Job, Pod } from '@meho/kube/api/resource';
import { expect, test } from 'vitest';
import { snapshotSince } from './since.ts';
import { emptySnapshot } from './snapshot.ts';

const job = (uid: string): Job => ({ metadata: { name: 'meho-migrate', uid } });
const podOf = (owner: string, uid: string): Pod => ({
  metadata: { name: uid, uid, ownerReferences: [{ apiVersion: 'v1', kind: 'Job', name: 'x', uid: owner }] },
});
const event = (uid: string, count: number): Event => ({ metadata: { uid }, count, involvedObject: {} });

const before = {
  ...emptySnapshot,
  jobs: [job('old')],
  pods: [podOf('old', 'a'), podOf('set', 'b')],
  events: [event('e', 1), event('f', 1)],
};

test('leaves out the earlier attempt’s Jobs with their pods, and what was said before', () => {
  const now = {
    ...before,
    jobs: [job('old'), job('new')],
    pods: [podOf('old', 'a'), podOf('old', 'late'), podOf('new', 'c')],
    events: [event('e', 1), event('f', 2), event('g', 1)],
  };
  const { jobs, pods, events } = snapshotSince(now, before, 1000);
  expect(jobs.map(({ metadata }) => metadata?.uid)).toEqual(['new']);
  expect(pods.map(({ metadata }) => metadata?.uid)).toEqual(['c']);
  expect(events.map(({ metadata }) => metadata.uid)).toEqual(['f', 'g']);
});

test('comes back to pods that were there before when nothing replaces them', () => {
  expect(snapshotSince(before, before, 1000).pods).toEqual([]);
  expect(snapshotSince(before, before, 31_000).pods.map(({ metadata }) => metadata?.uid)).toEqual(['b']);
});

test('an Ingress counts again once it has been changed', () => {
  const ingress = (generation: number) => ({ metadata: { name: 'meho', uid: 'i', generation } });
  const then = { ...emptySnapshot, ingresses: [ingress(1)] };
  expect(snapshotSince(then, then, 1000).ingresses).toEqual([]);
  expect(snapshotSince({ ...then, ingresses: [ingress(2)] }, then, 1000).ingresses).toHaveLength(1);
});
