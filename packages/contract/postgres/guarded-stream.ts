import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { LoginMethod } from './accepted-logins.ts';
import { MessageGuard, type MessageLimits } from './message-guard.ts';

/** After the goodbye. */
const CLOSE_WITHIN_MS = 500;

/**
 * An open, already encrypted connection for the driver. Whatever the server does, it ends: anything that isn't
 * Postgres, never ends, or makes the driver throw destroys it with an explaining error.
 */
export class GuardedStream extends Duplex {
  readonly #socket: Socket;
  readonly #guard: MessageGuard;
  #closing: NodeJS.Timeout | undefined;

  /** @param logins by which the server may let us in; undefined for any */
  constructor(socket: Socket, limits?: MessageLimits, logins?: ReadonlySet<LoginMethod>) {
    super();
    this.#socket = socket;
    this.#guard = new MessageGuard(limits, logins);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    socket.pause();
  }

  #receive(chunk: Buffer): void {
    try {
      const bytes = this.#guard.accept(chunk);
      if (bytes.length > 0 && !this.push(bytes)) {
        this.#socket.pause();
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Exceptions of the driver's parser would end the process. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'data') {
      return super.emit(event, ...args);
    }
    try {
      return super.emit(event, ...args);
    } catch (error) {
      this.destroy(new Error("the server's answer can't be read", { cause: error }));
      return true;
    }
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    this.#closing = setTimeout(() => this.destroy(), CLOSE_WITHIN_MS);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#closing);
    this.#socket.destroy();
    done(error);
  }

  /** The socket is connected already. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }
}
