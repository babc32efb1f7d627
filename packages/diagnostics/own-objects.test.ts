import { expect, test } from 'vitest';
import { withoutNeighbours } from './own-objects.ts';
import { emptySnapshot } from './snapshot.ts';

const instance = (name: string) => ({ 'app.kubernetes.io/instance': name });
const ofRelease = (name: string) => ({ 'meta.helm.sh/release-name': name });
const ownedBy = (uid: string) => [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid }];
const set = (uid: string, release: string) => ({ metadata: { uid, annotations: ofRelease(release) } });
const pod = (name: string, metadata: object) => ({ metadata: { name, uid: name, ...metadata } });
const names = (objects: readonly { readonly metadata?: { readonly name?: string; readonly uid?: string } }[]) =>
  objects.map(({ metadata }) => metadata?.name ?? metadata?.uid);

const snapshot = {
  ...emptySnapshot,
  replicaSets: [set('own-set', 'lab'), set('next-door', 'lab-2')],
  jobs: [pod('lab-migrate', { labels: instance('lab') }), pod('lab-2-migrate', { labels: instance('lab-2') })],
  ingresses: [pod('lab', { annotations: ofRelease('lab') }), pod('lab-2', { annotations: ofRelease('lab-2') })],
  pods: [
    pod('own', { labels: instance('lab'), ownerReferences: ownedBy('own-set') }),
    pod('theirs', { labels: instance('lab-2'), ownerReferences: ownedBy('next-door') }),
    pod('their migration', { labels: instance('lab-2'), ownerReferences: ownedBy('lab-2-migrate') }),
    pod('own with an operator’s label', { labels: instance('lab-2'), ownerReferences: ownedBy('own-set') }),
    pod('of a custom resource', { labels: instance('a-cache') }),
    pod('by hand', {}),
  ],
};

test('what a neighbour’s release has explains nothing of this one; what nobody’s mark is on may', () => {
  const own = withoutNeighbours(snapshot, new Set(['lab-2']));
  expect(names(own.pods)).toEqual(['own', 'own with an operator’s label', 'of a custom resource', 'by hand']);
  expect(names(own.jobs)).toEqual(['lab-migrate']);
  expect(names(own.replicaSets)).toEqual(['own-set']);
  expect(names(own.ingresses)).toEqual(['lab']);
});

test('without neighbours nothing is left out', () => {
  expect(withoutNeighbours(snapshot, new Set())).toEqual(snapshot);
});
