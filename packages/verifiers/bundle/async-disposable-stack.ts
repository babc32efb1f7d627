type Ending = () => unknown;

/**
 * `AsyncDisposableStack` (Node 24) for Node 22: disposes all in reverse order and throws the last failure, with the
 * earlier one as `suppressed`.
 */
export class AsyncDisposableStackPolyfill {
  #endings: Ending[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** @throws TypeError for a value that can't be disposed of */
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

  /** Moves everything to a new stack and closes this one. */
  move(): AsyncDisposableStackPolyfill {
    this.#mustBeOpen();
    const moved = new AsyncDisposableStackPolyfill();
    moved.#endings = this.#endings;
    this.#endings = [];
    this.#disposed = true;
    return moved;
  }

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

export function installPolyfill(): void {
  Object.defineProperty(globalThis, 'AsyncDisposableStack', {
    value: AsyncDisposableStackPolyfill,
    writable: true,
    configurable: true,
  });
}
