import { expect, test } from 'vitest';
import { messageOf } from './problem.ts';

test('an error is told where Node knows no SuppressedError, as 22.0 does not', () => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'SuppressedError') ?? {};
  Reflect.deleteProperty(globalThis, 'SuppressedError');
  try {
    expect(messageOf(new Error('no', { cause: new Error('because') }))).toBe('no (because)');
  } finally {
    Object.defineProperty(globalThis, 'SuppressedError', kept);
  }
});
