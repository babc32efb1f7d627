import { AsyncLocalStorage } from 'node:async_hooks';
import { stripVTControlCharacters } from 'node:util';
import ora, { type Ora } from 'ora';
import { isWatched } from '../config/terminal.ts';
import { cut, type Space } from './live/test-status.ts';
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
  #below: ((space: Space) => readonly string[]) | undefined;
  #columns = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  async step<T>(named: string, work: (step: Step) => Promise<T>): Promise<T> {
    const title = safeLine(named);
    const depth = (this.#nesting.getStore()?.depth ?? -1) + 1;
    const running: Running = { title, depth, started: performance.now(), detail: '' };
    this.#running.add(running);
    if (this.screen === undefined) {
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

  /** Lines that stay in place below the clock, asked for at each tick; nowhere to be seen without a screen. */
  showBelow(lines: (space: Space) => readonly string[]): Disposable {
    this.#below = lines;
    return {
      [Symbol.dispose]: () => {
        this.#below = undefined;
      },
    };
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
      this.#stopClock();
    }
  }

  /**
   * Where lines stay in place. A terminal that has not been given a size (0 columns) makes the clock clear lines
   * without an end.
   */
  get screen(): Space | undefined {
    const { columns, rows } = this.#options.stream;
    return isWatched(this.#options.stream) && columns !== 0 ? { columns, rows } : undefined;
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
    const { stream, colour } = this.#options;
    if (this.screen !== undefined) {
      // A cursor that was never hidden is there however the run ends.
      this.#spinner = ora({ stream, discardStdin: false, hideCursor: false, color: colour ? 'cyan' : false });
      this.#columns = stream.columns;
      this.#showClock();
      this.#spinner.start();
      stream.on('resize', this.#resized);
      process.once('exit', this.#stopClock);
      this.#ticker = setInterval(() => this.#showClock(), 200);
    } else {
      this.#ticker = setInterval(() => this.#heartbeat(), heartbeatMs);
    }
    this.#ticker.unref();
  }

  readonly #stopClock = (): void => {
    this.#spinner?.stop();
    this.#spinner = undefined;
    this.#options.stream.off('resize', this.#resized);
    process.off('exit', this.#stopClock);
  };

  /** A terminal that becomes narrower has broken our lines into more than the clock knows of. */
  readonly #resized = (): void => {
    const { stream } = this.#options;
    const [before, now] = [this.#columns, stream.columns];
    this.#columns = now;
    if (this.#spinner === undefined || now === 0) {
      return;
    }
    const text = stripVTControlCharacters(`  ${this.#spinner.text}`).split('\n');
    const more = text.reduce((sum, line) => sum + rowsOf(line, now) - rowsOf(line, before), 0);
    this.#spinner.clear();
    if (more > 0) {
      stream.moveCursor(0, -more);
      stream.clearScreenDown();
    }
    this.#showClock();
    this.#spinner.render();
  };

  #showClock(): void {
    const { screen } = this;
    if (this.#spinner === undefined || screen === undefined) {
      return;
    }
    const deepest = [...this.#running].toSorted((a, b) => b.depth - a.depth || b.started - a.started).slice(0, 2);
    // The clock's own sign and a blank come before it.
    const first = cut(deepest.map(describe).join(' | '), screen.columns - 2);
    this.#spinner.text = [first, ...(this.#below?.(screen) ?? [])].join('\n');
  }

  #heartbeat(): void {
    for (const running of this.#running) {
      if (performance.now() - running.started >= heartbeatMs) {
        this.#line(`${indent(running.depth)}${describe(running)}`);
      }
    }
  }
}

const rowsOf = (line: string, columns: number) => Math.max(1, Math.ceil(line.length / columns));

const indent = (depth: number) => '  '.repeat(depth);

function describe(running: Running): string {
  const detail = running.detail === '' ? '' : `: ${running.detail}`;
  return `${running.title} (${seconds(performance.now() - running.started)})${detail}`;
}
