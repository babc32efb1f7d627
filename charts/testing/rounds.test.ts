import { describe, expect, it } from 'vitest';
import { roundsOf } from './rounds.ts';

const change = (pointer: string) => ({ pointer, value: 'x' });

describe('roundsOf', () => {
  it('keeps apart what touches the same field, and nothing else', () => {
    const pointers = (['/a', '/a/b', '/ab', '/a', '/c/0', '/c'] as const).map(change);
    expect(roundsOf(pointers).map((round) => round.map(({ pointer }) => pointer))).toEqual([
      ['/a', '/ab', '/c/0'],
      ['/a/b', '/c'],
      ['/a'],
    ]);
  });
});
