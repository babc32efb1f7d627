import type { Node, RangeVar } from '@pgsql/types';
import type { Column } from './column.ts';
import type { Known } from './fold.ts';
import type { StatementScope } from './scope.ts';

/** A function of this migration's own, followed where it is called. */
export interface LocalRoutine {
  /** Judges its body as part of the calling statement, with what is known of the arguments. */
  readonly judge: (caller: StatementScope, args: readonly (Known | undefined)[]) => void;
}

/** What is promised of a new column besides its default. */
export interface ColumnTies {
  readonly notNull: boolean;
  readonly type: Pick<Column, 'type' | 'modifiers' | 'constrainedDomain'>;
  /** Why rows without the column are fine only as long as it stays NULL, e.g. `foreign key`. */
  readonly keys: readonly string[];
}

export interface NewCheck {
  readonly name: string;
  readonly expression: Node | undefined;
}

/** Settings of the session that other rules depend on. */
interface Settings {
  readonly lockTimeout: boolean;
  readonly defaultSchema: string;
  /** Temporary tables hide others of their name: unless search_path puts pg_temp behind. */
  readonly tempFirst: boolean;
}

const unqualified = 'public';
const setNames = ['objects', 'notNullDomains', 'constrainedDomains', 'locked', 'notValid', 'freshTypes'] as const;

/**
 * What the statements so far have made, which image N therefore cannot know of: changing it is no change for N.
 * Things made only perhaps (IF NOT EXISTS) do not count for the rules about N's data, but do for those about locks.
 */
export class MigrationState {
  /** `shared`: rows that were there before are, or come, into it (a partition, a foreign table). */
  readonly tables = new Map<string, 'surely' | 'perhaps' | 'shared'>();
  /** New columns of any table as `table.column`, with the expression of their default where they have one. */
  readonly columns = new Map<string, Node | undefined>();
  readonly objects = new Set<string>();
  /** Domains made here that refuse NULL, and those that check anything. */
  readonly notNullDomains = new Set<string>();
  readonly constrainedDomains = new Set<string>();
  readonly routines = new Map<string, LocalRoutine[]>();
  /** Existing tables that the open transaction keeps N from, and constraints it has added NOT VALID. */
  readonly locked = new Set<string>();
  readonly notValid = new Set<string>();
  /** Of the open transaction: enums that it has made, and values that it has added to others, by value. */
  readonly freshTypes = new Set<string>();
  readonly uncommittedValues = new Map<string, string>();
  /** Of new columns of existing tables: what else holds for the values that N's rows get. */
  readonly columnTies = new Map<string, ColumnTies>();
  /** CHECKs of this migration on existing tables, by table. */
  readonly checks = new Map<string, readonly NewCheck[]>();
  /** New tables that existing ones refer to by a foreign key, with what happens there to rows whose parent is deleted. */
  readonly parents = new Map<string, 'cascade' | 'other'>();
  /** Temporary tables that the end of the transaction drops. */
  readonly dropsOnCommit = new Set<string>();
  lockTimeout = false;
  warnedOfLockTimeout = false;
  /** `unknown`: the runner of a SQL file may or may not wrap it. */
  transaction: 'open' | 'none' | 'unknown' = 'unknown';
  defaultSchema = unqualified;
  tempFirst = true;
  /** The settings that COMMIT keeps (all but SET LOCAL), and those that ROLLBACK goes back to. */
  private kept: Settings = { lockTimeout: false, defaultSchema: unqualified, tempFirst: true };
  private begun: Settings = this.kept;

  /** A copy for a branch that may not be taken: what it makes is not there afterwards. */
  fork(): MigrationState {
    const copy = new MigrationState();
    copy.replaceWith(this);
    return copy;
  }

  private replaceWith(other: MigrationState): void {
    for (const [table, how] of other.tables) this.tables.set(table, how);
    for (const [name, routines] of other.routines) this.routines.set(name, [...routines]);
    for (const [column, value] of other.columns) this.columns.set(column, value);
    for (const key of setNames) {
      for (const name of other[key]) this[key].add(name);
    }
    for (const [value, type] of other.uncommittedValues) this.uncommittedValues.set(value, type);
    for (const [column, ties] of other.columnTies) this.columnTies.set(column, ties);
    for (const [table, checks] of other.checks) this.checks.set(table, checks);
    for (const [table, how] of other.parents) this.parents.set(table, how);
    for (const table of other.dropsOnCommit) this.dropsOnCommit.add(table);
    this.kept = other.kept;
    this.begun = other.begun;
    this.lockTimeout = other.lockTimeout;
    this.warnedOfLockTimeout = other.warnedOfLockTimeout;
    this.transaction = other.transaction;
    this.defaultSchema = other.defaultSchema;
    this.tempFirst = other.tempFirst;
  }

  /** What has to be kept of a branch: it may have been taken. */
  absorbRisks(branch: MigrationState): void {
    for (const table of branch.locked) this.locked.add(table);
    for (const constraint of branch.notValid) this.notValid.add(constraint);
    for (const [value, type] of branch.uncommittedValues) this.uncommittedValues.set(value, type);
    for (const [name, routines] of branch.routines) {
      const known = this.routines.get(name) ?? [];
      this.routines.set(name, [...known, ...routines.filter((routine) => !known.includes(routine))]);
    }
    for (const domain of branch.notNullDomains) this.notNullDomains.add(domain);
    for (const domain of branch.constrainedDomains) this.constrainedDomains.add(domain);
    for (const [column, ties] of branch.columnTies) this.columnTies.set(column, ties);
    for (const [table, checks] of branch.checks) this.checks.set(table, checks);
    for (const [table, how] of branch.parents) this.parents.set(table, how);
    // Names made in the branch are not surely there, and those it dropped are not surely gone.
    for (const table of this.tables.keys()) if (!branch.tables.has(table)) this.tables.delete(table);
    for (const column of this.columns.keys()) if (!branch.columns.has(column)) this.columns.delete(column);
    for (const object of this.objects) if (!branch.objects.has(object)) this.objects.delete(object);
    for (const type of this.freshTypes) if (!branch.freshTypes.has(type)) this.freshTypes.delete(type);
    this.warnedOfLockTimeout ||= branch.warnedOfLockTimeout;
    if (branch.defaultSchema !== this.defaultSchema) this.defaultSchema = '?';
    this.tempFirst &&= branch.tempFirst;
  }

  /** The key of a name: `schema.name`, temporary tables hiding others of their name as they do in Postgres. */
  key(schema: string | undefined, name: string): string {
    if (schema === undefined && this.tempFirst && this.tables.has(`pg_temp.${name}`)) {
      return `pg_temp.${name}`;
    }
    return `${schema ?? this.defaultSchema}.${name}`;
  }

  relationKey(relation: RangeVar | undefined): string {
    const schema = relation?.relpersistence === 't' ? 'pg_temp' : relation?.schemaname;
    return this.key(schema, relation?.relname ?? '');
  }

  wordsKey(nameWords: readonly string[]): string {
    return this.key(nameWords.length > 1 ? nameWords.at(-2) : undefined, nameWords.at(-1) ?? '');
  }

  /** Made by this migration for sure: nothing that happens to it can matter to N. */
  isNewTable(key: string): boolean {
    return this.tables.get(key) === 'surely';
  }

  /** New, or empty at worst: locks and scans of it can't keep N waiting. */
  isHarmlessToLock(key: string): boolean {
    return this.tables.has(key);
  }

  /** Made by IF NOT EXISTS: new, or one that was there already. */
  isFoundTable(key: string): boolean {
    return this.tables.get(key) === 'perhaps';
  }

  isNewColumn(table: string, column: string): boolean {
    return this.isNewTable(table) || this.columns.has(`${table}.${column}`);
  }

  /** The new columns of a table by name, with their defaults. */
  newColumnsOf(table: string): ReadonlyMap<string, Node | undefined> {
    const prefix = `${table}.`;
    return new Map(
      [...this.columns].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
    );
  }

  /** @param isLocal of SET LOCAL: it ends with the transaction */
  set(change: Partial<Settings>, isLocal = false): void {
    if (isLocal && this.transaction === 'none') {
      return;
    }
    Object.assign(this, change);
    if (!isLocal) {
      this.kept = { ...this.kept, ...change };
    }
    if (this.transaction === 'none') {
      this.begun = this.kept;
    }
  }

  beginTransaction(): void {
    this.transaction = 'open';
    this.begun = this.kept;
  }

  endTransaction(rolledBack: boolean): void {
    const back = rolledBack ? this.begun : this.kept;
    this.transaction = 'none';
    this.set(back);
    this.locked.clear();
    this.notValid.clear();
    this.freshTypes.clear();
    this.uncommittedValues.clear();
    for (const table of this.dropsOnCommit) {
      this.tables.delete(table);
    }
    this.dropsOnCommit.clear();
    if (rolledBack) {
      this.forgetWhatIsMade();
    }
  }

  /** Which savepoint, and what was set and made since, isn't followed. */
  rollBackToSavepoint(): void {
    this.forgetWhatIsMade();
    if (this.defaultSchema !== this.begun.defaultSchema) {
      this.set({ defaultSchema: '?' });
    }
  }

  /** DISCARD: `temporary` only drops temporary tables. */
  discard(what: 'all' | 'temporary'): void {
    for (const table of [...this.tables.keys()].filter((name) => name.startsWith('pg_temp.'))) {
      this.tables.delete(table);
    }
    if (what === 'all') {
      this.set({ lockTimeout: false, defaultSchema: unqualified, tempFirst: true });
    }
  }

  private forgetWhatIsMade(): void {
    this.tables.clear();
    this.columns.clear();
    this.objects.clear();
  }
}

/** A name as it is printed: the default schema is left out. */
export function printable(key: string): string {
  return key.startsWith(`${unqualified}.`) ? key.slice(unqualified.length + 1) : key;
}
