import { readFile } from 'node:fs/promises';
import type { ChildMark } from './child-mark.ts';
import { type ProcessEntry, processTable } from './process-table.ts';

/**
 * All that a process has started, and what that has started, itself not among it: what is below it, and with a mark also what
 * has let go of its parent. Remembers what it has seen, because whatever is below a process is nowhere once that has ended.
 */
export class Descendants {
  readonly #root: number;
  readonly #isThere: () => boolean;
  readonly #mark: ChildMark | undefined;
  readonly #seen = new Map<number, string>();

  /** @param isThere whether the process has not been waited for yet: until then its number is nobody else's */
  constructor(root: number, isThere: () => boolean, mark?: ChildMark) {
    this.#root = root;
    this.#isThere = isThere;
    this.#mark = mark;
  }

  /** Those that are there now. */
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

  /** To end in good order. */
  ask(pids: readonly number[]): void {
    for (const pid of pids) {
      send(pid, 'SIGTERM');
    }
  }

  /** With SIGKILL. They are stopped first: what stands still starts nothing that would be missed. */
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

/** Ends all that a process which is there has started, and what that has started, with SIGKILL. */
export function endDescendants(pid: number): Promise<void> {
  return new Descendants(pid, () => true).end();
}

/** False where it can't be read: another user's, or over. */
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
    // It has ended by itself meanwhile, or has become another user's, whom we can't end.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) {
      throw error;
    }
  }
}
