import type { Readable } from 'node:stream';

/** For when the container is already gone. */
export class LogTail {
  readonly #capacity: number;
  readonly #lines: string[] = [];
  #partial = '';

  constructor(capacity = 200) {
    this.#capacity = capacity;
  }

  follow(stream: Readable): void {
    stream.on('data', (chunk: string | Buffer) => this.append(String(chunk)));
    // A broken log stream says nothing about the container.
    stream.on('error', () => undefined);
  }

  append(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') {
        this.#lines.push(line.trimEnd());
      }
    }
    this.#lines.splice(0, this.#lines.length - this.#capacity);
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#partial === '';
  }

  /** Oldest first; `(no log)` without any. */
  last(count: number): string {
    const lines = this.#partial.trim() === '' ? this.#lines : [...this.#lines, this.#partial.trimEnd()];
    return lines.length === 0 ? '(no log)' : lines.slice(-count).join('\n');
  }
}
