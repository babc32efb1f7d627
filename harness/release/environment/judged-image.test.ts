import { expect, test } from 'vitest';
import { splitReference } from './judged-image.ts';

test.each([
  ['ghcr.io/evoila/meho:sha-3f2a9c1', 'ghcr.io/evoila/meho', 'sha-3f2a9c1'],
  ['registry.example.com:5000/team/meho:v1.2.3', 'registry.example.com:5000/team/meho', 'v1.2.3'],
])('%s', (reference, repository, tag) => {
  expect(splitReference(reference)).toEqual({ repository, tag });
});

test.each(['ghcr.io/evoila/meho', 'registry.example.com:5000/team/meho', 'meho@sha256:abc'])(
  '%s has no tag',
  (reference) => {
    expect(() => splitReference(reference)).toThrow(/a tag/);
  },
);
