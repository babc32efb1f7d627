import { readFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { holds, notYet, waitFor } from '../../wait/wait-for.ts';
import { processTable } from '../process-table.ts';

/** Recognisable, and ended with the test. */
export class Sleeper {
  readonly command: string;

  constructor() {
    this.command = `sleep 3${Math.random().toString().slice(2, 10)}`;
    onTestFinished(async () => {
      for (const pid of await this.pids()) {
        process.kill(pid, 'SIGKILL');
      }
    });
  }

  async pids(): Promise<readonly number[]> {
    const sleeps = (await processTable()).filter(({ name }) => name === 'sleep');
    const found = await Promise.all(
      sleeps.map(async ({ pid }) => {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return line.replaceAll('\0', ' ').trim() === this.command ? [pid] : [];
      }),
    );
    return found.flat();
  }

  async untilThere(count = 1): Promise<void> {
    await this.#until(`${count} of \`${this.command}\``, (found) => found === count);
  }

  async untilGone(): Promise<void> {
    await this.#until(`\`${this.command}\` to be gone`, (found) => found === 0);
  }

  #until(what: string, isIt: (found: number) => boolean): Promise<void> {
    return waitFor(
      what,
      async () => {
        const { length } = await this.pids();
        return isIt(length) ? holds(undefined) : notYet(`${length} are there`);
      },
      { deadlineMs: 30_000, intervalMs: 20 },
    );
  }
}
