import { describe, expect, test } from 'vitest';
import { AsyncDisposableStackPolyfill } from './async-disposable-stack.ts';

describe.each([
  ['that of Node 24', AsyncDisposableStack],
  ['ours', AsyncDisposableStackPolyfill],
])('a stack of resources, %s', (_, Stack) => {
  function filled() {
    const said: string[] = [];
    const stack = new Stack();
    const sync = { [Symbol.dispose]: () => void said.push('disposable') };
    const both = {
      [Symbol.asyncDispose]: async () => void said.push('async'),
      [Symbol.dispose]: () => said.push('no'),
    };
    expect(stack.use(sync)).toBe(sync);
    expect(stack.use(both)).toBe(both);
    expect(stack.use(null)).toBeNull();
    expect(stack.adopt('adopted', (value) => void said.push(value))).toBe('adopted');
    stack.defer(() => void said.push('deferred'));
    return { stack, said };
  }

  test('ends all in reverse order, and once', async () => {
    const { stack, said } = filled();
    await stack.disposeAsync();
    await stack.disposeAsync();
    expect(said).toEqual(['deferred', 'adopted', 'async', 'disposable']);
    expect(stack.disposed).toBe(true);
    expect(() => stack.defer(() => undefined)).toThrow(ReferenceError);
  });

  test('hands all over to another, and ends none of it then', async () => {
    const { stack, said } = filled();
    const moved = stack.move();
    await stack.disposeAsync();
    expect(said).toEqual([]);
    await moved[Symbol.asyncDispose]();
    expect(said).toHaveLength(4);
  });

  test('goes on after a failure; the last is thrown and tells the one before', async () => {
    const { stack, said } = filled();
    const fail = (message: string) => async () => {
      throw new Error(message);
    };
    stack.defer(fail('second'));
    stack.defer(fail('first'));
    await expect(stack.disposeAsync()).rejects.toMatchObject({
      error: { message: 'second' },
      suppressed: { message: 'first' },
    });
    expect(said).toHaveLength(4);
    const single = new Stack();
    single.defer(fail('alone'));
    await expect(single.disposeAsync()).rejects.toThrow(/^alone$/);
  });

  test('takes nothing that has no way to end', () => {
    expect(() => new Stack().use({} as Disposable)).toThrow(TypeError);
  });
});
