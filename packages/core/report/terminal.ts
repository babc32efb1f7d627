import { AsyncLocalStorage } from 'node:async_hooks';
import ora, { type Ora } from 'ora';
import { writeColoured } from './output.ts';
import type { Progress, Step } from './progress.ts';
import { safeLine, safeLines } from './safe-text.ts';
import { seconds, type Timeline } from './timeline.ts';

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  readonly colour: boolean;
  readonly timeline: Timeline;
}

/** Without a terminal's clock, long steps report this often. */
const heartbeatMs = 15_000;

interface Running {
  readonly title: string;
  readonly depth: number;
  readonly started: number;
  detail: string;
}

/** A clock on a terminal, plain lines elsewhere. */
export class TerminalProgress implements Progress {
  readonly #options: TerminalOptions;
  readonly #running = new Set<Running>();
  readonly #nesting = new AsyncLocalStorage<Running>();
  #spinner: Ora | undefined;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  async step<T>(named: string, work: (step: Step) => Promise<T>): Promise<T> {
    const title = safeLine(named);
    const depth = (this.#nesting.getStore()?.depth ?? -1) + 1;
    const running: Running = { title, depth, started: performance.now(), detail: '' };
    this.#running.add(running);
    if (!this.#hasClock) {
      this.#line(`${indent(depth)}${title} …`);
    }
    this.#tick();
    let failed = true;
    try {
      const handle: Step = {
        update: (detail) => {
          running.detail = safeLine(detail);
        },
      };
      const result = await this.#nesting.run(running, () => work(handle));
      failed = false;
      return result;
    } finally {
      this.#end(running, failed);
    }
  }

  note(line: string): void {
    this.#line(safeLines(line));
  }

  warn(line: string): void {
    this.#line(this.#paint('33', `warning: ${safeLines(line)}`));
  }

  #end(running: Running, failed: boolean): void {
    const durationMs = performance.now() - running.started;
    this.#running.delete(running);
    this.#options.timeline.add({
      title: running.title,
      depth: running.depth,
      startMs: this.#options.timeline.at(running.started),
      durationMs,
      failed,
    });
    const mark = failed ? this.#paint('31', 'failed') : this.#paint('32', 'done');
    this.#line(`${indent(running.depth)}${running.title}: ${mark} in ${seconds(durationMs)}`);
    if (this.#running.size === 0) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      this.#spinner?.stop();
      this.#spinner = undefined;
    }
  }

  /** A terminal that has not been given a size (0 columns) makes the clock clear lines without an end. */
  get #hasClock(): boolean {
    const { isTTY, columns } = this.#options.stream;
    return isTTY && columns !== 0;
  }

  #line(text: string): void {
    this.#spinner?.clear();
    writeColoured(this.#options.stream, `${text}\n`);
    this.#spinner?.render();
  }

  #paint(code: string, text: string): string {
    return this.#options.colour ? `\u001B[${code}m${text}\u001B[0m` : text;
  }

  #tick(): void {
    if (this.#ticker !== undefined) {
      return;
    }
    if (this.#hasClock) {
      this.#spinner = ora({
        stream: this.#options.stream,
        discardStdin: false,
        hideCursor: false,
        color: this.#options.colour ? 'cyan' : false,
      }).start();
      this.#ticker = setInterval(() => this.#showClock(), 200);
    } else {
      this.#ticker = setInterval(() => this.#heartbeat(), heartbeatMs);
    }
    this.#ticker.unref();
  }

  #showClock(): void {
    const deepest = [...this.#running].toSorted((a, b) => b.depth - a.depth || b.started - a.started).slice(0, 2);
    if (this.#spinner !== undefined) {
      this.#spinner.text = deepest.map(describe).join(' | ');
    }
  }

  #heartbeat(): void {
    for (const running of this.#running) {
      if (performance.now() - running.started >= heartbeatMs) {
        this.#line(`${indent(running.depth)}${describe(running)}`);
      }
    }
  }
}

const indent = (depth: number) => '  '.repeat(depth);

function describe(running: Running): string {
  const detail = running.detail === '' ? '' : `: ${running.detail}`;
  return `${running.title} (${seconds(performance.now() - running.started)})${detail}`;
}
