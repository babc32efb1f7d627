import { describe, expect, it } from 'vitest';
import { listedObjects } from './listed-objects.ts';

const one = { kind: 'ConfigMap', metadata: { name: 'one' } };
const two = { kind: 'Secret', metadata: { name: 'two' } };

describe('listedObjects', () => {
  it('is the object itself where it lists nothing', () => {
    expect(listedObjects(one)).toEqual([one]);
  });

  it('goes by items, not by the kind, and into lists in lists', () => {
    const inner = { kind: 'SecretList', items: [two] };
    expect(listedObjects({ kind: 'List', items: [one, inner] })).toEqual([one, two]);
  });

  it('is nothing of an empty list', () => {
    expect(listedObjects({ kind: 'List', items: [] })).toEqual([]);
  });
});
