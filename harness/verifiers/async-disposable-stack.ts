/** A resource's or a callback's own way to end. */
type Ending = () => unknown;

/**
 * What `AsyncDisposableStack` is from Node 24 on, for Node 22, which has `Symbol.asyncDispose` but not this: resources and
 * callbacks that end in reverse order, each whatever became of the one before. Of several failures the last is thrown and
 * tells the earlier one as `suppressed`, as with `await using`.
 */
export class AsyncDisposableStackOfOurs {
  #endings: Ending[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** @throws TypeError for what has no way to end */
  use<T extends AsyncDisposable | Disposable | null | undefined>(value: T): T {
    this.#mustBeOpen();
    if (value !== null && value !== undefined) {
      const dispose: unknown = Reflect.get(value, Symbol.asyncDispose) ?? Reflect.get(value, Symbol.dispose);
      if (typeof dispose !== 'function') {
        throw new TypeError('the value has neither Symbol.asyncDispose nor Symbol.dispose');
      }
      this.#endings.push(() => Reflect.apply(dispose, value, []));
    }
    return value;
  }

  adopt<T>(value: T, dispose: (value: T) => unknown): T {
    this.defer(() => dispose(value));
    return value;
  }

  defer(ending: Ending): void {
    this.#mustBeOpen();
    this.#endings.push(ending);
  }

  /** Another stack with all that is in this one, which is then over. */
  move(): AsyncDisposableStackOfOurs {
    this.#mustBeOpen();
    const moved = new AsyncDisposableStackOfOurs();
    moved.#endings = this.#endings;
    this.#endings = [];
    this.#disposed = true;
    return moved;
  }

  /** May be called twice. */
  async disposeAsync(): Promise<void> {
    this.#disposed = true;
    const failures: unknown[] = [];
    for (let ending = this.#endings.pop(); ending !== undefined; ending = this.#endings.pop()) {
      try {
        await ending();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures.reduce((suppressed, error) => Object.assign(new Error(overlaid), { error, suppressed }));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }

  get [Symbol.toStringTag](): 'AsyncDisposableStack' {
    return 'AsyncDisposableStack';
  }

  #mustBeOpen(): void {
    if (this.#disposed) {
      throw new ReferenceError('the stack is disposed of already');
    }
  }
}

const overlaid = 'an error while resources were disposed of came over another';

/** Gives this Node one; for one that has none of its own. */
export function completeGlobals(): void {
  Object.defineProperty(globalThis, 'AsyncDisposableStack', {
    value: AsyncDisposableStackOfOurs,
    writable: true,
    configurable: true,
  });
}
