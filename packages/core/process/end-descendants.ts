import { readFile } from 'node:fs/promises';
import type { ChildMark } from './child-mark.ts';
import { type ProcessEntry, processTable } from './process-table.ts';

/**
 * Finds them by parent and, with a mark, those that left it. Remembers them, because the tree is lost when the process
 * ends.
 */
export class Descendants {
  readonly #root: number;
  readonly #isThere: () => boolean;
  readonly #mark: ChildMark | undefined;
  readonly #seen = new Map<number, string>();

  /** @param isThere false once its number may be reused */
  constructor(root: number, isThere: () => boolean, mark?: ChildMark) {
    this.#root = root;
    this.#isThere = isThere;
    this.#mark = mark;
  }

  async look(): Promise<readonly number[]> {
    const table = await processTable();
    const below = Map.groupBy(table, ({ parent }) => parent);
    const found = new Map<number, ProcessEntry>();
    const add = (entry: ProcessEntry) => {
      if (!found.has(entry.pid) && entry.pid !== this.#root && entry.pid !== process.pid) {
        found.set(entry.pid, entry);
        below.get(entry.pid)?.forEach(add);
      }
    };
    if (this.#isThere()) {
      below.get(this.#root)?.forEach(add);
    }
    const rest = await Promise.all(
      table.map(async (entry) =>
        this.#seen.get(entry.pid) === entry.started || (await carries(entry.pid, this.#mark)) ? [entry] : [],
      ),
    );
    rest.flat().forEach(add);
    for (const { pid, started } of found.values()) {
      this.#seen.set(pid, started);
    }
    return [...found.keys()];
  }

  ask(pids: readonly number[]): void {
    for (const pid of pids) {
      send(pid, 'SIGTERM');
    }
  }

  /** SIGKILL, after SIGSTOP so that nothing new is started. */
  async end(): Promise<void> {
    const stopped = new Set<number>();
    const newcomers = async () => (await this.look()).filter((pid) => !stopped.has(pid));
    for (let found = await newcomers(); found.length > 0; found = await newcomers()) {
      for (const pid of found) {
        send(pid, 'SIGSTOP');
        stopped.add(pid);
      }
    }
    for (const pid of stopped) {
      send(pid, 'SIGKILL');
    }
  }
}

/** Kills a live process's descendants. */
export function endDescendants(pid: number): Promise<void> {
  return new Descendants(pid, () => true).end();
}

/** False if unreadable: another user's, or ended. */
async function carries(pid: number, mark: ChildMark | undefined): Promise<boolean> {
  if (mark === undefined) {
    return false;
  }
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.includes(mark.text);
}

function send(pid: number, signal: 'SIGTERM' | 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Ended, or another user's.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) {
      throw error;
    }
  }
}
