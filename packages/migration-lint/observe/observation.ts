import { type Catalogue, type RowChanges, withRows } from './catalogue.ts';
import { type Change, diff } from './diff.ts';

/** A lock that keeps others from writing or reading. */
export interface HeldLock {
  readonly table: string;
  /** As pg_locks has it, e.g. `AccessExclusiveLock`. */
  readonly mode: string;
}

/** What a revision did to the catalogue of a Postgres at N, or why that isn't known. */
export type Observed = Observation | { readonly unanswered: string };

export interface Observation {
  readonly changes: readonly Change[];
  /** At the end of its transactions, on tables that were there before; undefined where pg_locks did not answer. */
  readonly locks: readonly HeldLock[] | undefined;
}

/** From the recorder, of one revision that got to its end. */
export type ObservationMessage = Answered | { readonly file: string; readonly unanswered: string };

interface Answered {
  readonly file: string;
  /** The first of a database. */
  readonly first: boolean;
  /** Since the last message. */
  readonly before: RowChanges;
  /** By the revision. */
  readonly after: RowChanges;
  /** Each of its transactions': rows of `locksQuery`. */
  readonly locks: readonly (readonly string[] | null)[];
}

/** Follows the catalogue through the messages. */
export class ObservationReader {
  private catalogue: Catalogue = new Map();
  readonly byFile = new Map<string, Observed>();

  read(message: ObservationMessage): void {
    if ('unanswered' in message) {
      this.byFile.set(message.file, { unanswered: message.unanswered });
      return;
    }
    const { file, first, before, after, locks } = message;
    const old = withRows(first ? new Map() : this.catalogue, before);
    this.catalogue = withRows(old, after);
    this.byFile.set(file, { changes: diff(old, this.catalogue), locks: locksOf(locks, old) });
  }
}

function locksOf(all: Answered['locks'], before: Catalogue): readonly HeldLock[] | undefined {
  const held = new Map<string, HeldLock>();
  for (const rows of all) {
    if (rows === null) {
      return undefined;
    }
    for (const row of rows) {
      const lock: HeldLock = JSON.parse(row);
      if (before.has(`table ${lock.table}`) || before.has(`materialized view ${lock.table}`)) {
        held.set(`${lock.table} ${lock.mode}`, lock);
      }
    }
  }
  return [...held.values()].sort((one, other) => one.table.localeCompare(other.table, 'en'));
}
