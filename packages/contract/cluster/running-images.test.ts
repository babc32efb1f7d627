import type { Pod } from '@meho/kube/api/resource';
import { expect, test } from 'vitest';
import { imagesOf } from './running-images.ts';

const old = `registry.example.com/meho@sha256:${'a'.repeat(64)}`;
const pushedAgain = `registry.example.com/meho@sha256:${'b'.repeat(64)}`;

function pod(name: string, images: Readonly<Record<string, string>>, imageID?: string): Pod {
  return {
    metadata: { name },
    spec: { containers: Object.entries(images).map(([container, image]) => ({ name: container, image })) },
    status: {
      containerStatuses: Object.entries(images).map(([container, image]) => ({
        name: container,
        image,
        imageID: imageID ?? '',
        ready: true,
        restartCount: 0,
      })),
    },
  };
}

const own = new Set(['backplane']);
const names = (found: readonly Pod[]) => imagesOf(found, own).map(({ image, pods }) => [image, ...pods]);

test('replicas of one image are one', () => {
  expect(names([pod('a', { backplane: 'meho:1' }), pod('b', { backplane: 'meho:1' })])).toEqual([['meho:1', 'a', 'b']]);
});

test('a replica of another image is told apart, the most frequent first', () => {
  const found = [
    pod('a', { backplane: 'meho:2' }),
    pod('b', { backplane: 'meho:1' }),
    pod('c', { backplane: 'meho:1' }),
  ];
  expect(names(found)).toEqual([
    ['meho:1', 'b', 'c'],
    ['meho:2', 'a'],
  ]);
});

test('a tag that was pushed again is told by the digest that nodes took for it', () => {
  expect(names([pod('a', { backplane: 'meho:1' }, old), pod('b', { backplane: 'meho:1' }, pushedAgain)])).toEqual([
    ['meho:1@sha256:aaaaaaaaaaaa', 'a'],
    ['meho:1@sha256:bbbbbbbbbbbb', 'b'],
  ]);
});

test('an image that was loaded rather than pulled goes by its name: its id differs by architecture', () => {
  const found = [
    pod('a', { backplane: 'meho:1' }, `sha256:${'a'.repeat(64)}`),
    pod('b', { backplane: 'meho:1' }, `sha256:${'b'.repeat(64)}`),
  ];
  expect(names(found)).toHaveLength(1);
});

test("a service mesh's proxy in the pods does not count", () => {
  const found = [
    pod('a', { proxy: 'mesh:1', backplane: 'meho:1' }),
    pod('b', { proxy: 'mesh:2', backplane: 'meho:1' }),
    pod('c', { backplane: 'meho:1' }),
  ];
  expect(names(found)).toEqual([['meho:1', 'a', 'b', 'c']]);
});

test('a pod without any of the containers counts with all of its own', () => {
  expect(names([pod('a', { other: 'meho:0' }), pod('b', { backplane: 'meho:1' })])).toHaveLength(2);
});
